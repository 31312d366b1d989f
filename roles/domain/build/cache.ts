import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A build as the controller keeps it. */
export interface Artifact {
  /** Absolute path of the archive. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

/** What is written beside a kept build. */
export interface Label {
  readonly name: string;
  readonly version: string;
  readonly platform: string;
  readonly sha256: string;
}

/** Where a build of this fingerprint is kept. */
export function cachePath(cacheDir: string, print: string): string {
  return join(cacheDir, 'builds', `${print}.tar.gz`);
}

/** The kept build; `damaged` when it is no longer what was put there; undefined when there is none. */
export async function lookUp(cacheDir: string, print: string): Promise<Artifact | 'damaged' | undefined> {
  const path = cachePath(cacheDir, print);
  try {
    const label: unknown = JSON.parse(await readFile(labelPath(cacheDir, print), 'utf8'));
    const sha256 = await sha256Of(path);
    return isLabel(label) && label.sha256 === sha256 ? { path, sha256 } : 'damaged';
  } catch (error) {
    // Without its label a build proves nothing: it was cut short while it was put there.
    return isMissing(error) ? undefined : 'damaged';
  }
}

/** Writes down what the archive at {@link cachePath} is; only then does it count. */
export async function keep(cacheDir: string, print: string, label: Label): Promise<Artifact> {
  const path = labelPath(cacheDir, print);
  const beside = `${path}.${process.pid}-${Date.now()}`;
  await writeFile(beside, `${JSON.stringify(label)}\n`, { mode: 0o600 });
  await rename(beside, path);
  return { path: cachePath(cacheDir, print), sha256: label.sha256 };
}

function labelPath(cacheDir: string, print: string): string {
  return join(cacheDir, 'builds', `${print}.json`);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function isLabel(value: unknown): value is Label {
  return typeof value === 'object' && value !== null && 'sha256' in value;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
