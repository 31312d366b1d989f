import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** A file on the controller, as it was when it was looked at. */
export interface LocalFile {
  /** Absolute path. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

const seen = new Map<string, string>();

/** Looks at a controller's file; one that has not changed since is hashed only once. Throws when it can't be read. */
export function localFile(path: string): LocalFile {
  const whole = resolve(path);
  try {
    const { size, mtimeMs, ino } = statSync(whole);
    const key = `${whole}\0${size}\0${mtimeMs}\0${ino}`;
    const sha256 = seen.get(key) ?? hashFile(whole);
    seen.set(key, sha256);
    return { path: whole, size, sha256 };
  } catch (error) {
    throw new Error(`can't read ${whole} on this machine: ${(error as Error).message}`, { cause: error });
  }
}

/** Hex sha256 of a text's UTF-8 or of bytes. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Throws when this isn't a sha256 in hex. */
export function validateSha256(sha256: string): void {
  if (!/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new Error(`sha256 must be 64 hexadecimal digits, not '${sha256}'`);
  }
}

function hashFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let got = readSync(file, chunk); got > 0; got = readSync(file, chunk))
      hash.update(chunk.subarray(0, got));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
