import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PlayError } from '../util/errors.ts';
import { command } from './command.ts';
import { withLock } from './lock.ts';
import { aptSource, machineMirror } from './mirror.ts';
import { sourcesFolder } from './paths.ts';
import type { Say } from './say.ts';

/** Sources are always those of this release, whichever release the hosts run. */
const release = 'bookworm';

/** An upstream source archive that lies ready. */
export interface SourceArchive {
  readonly path: string;
  readonly sha256: string;
}

/** `nginx-1.22.1.tar.gz` for `nginx_1.22.1.orig.tar.gz`; undefined for any other file. */
export function stableName(file: string): string | undefined {
  const match = /^([a-z0-9.+-]+)_([^_]+)\.orig\.(tar\.[a-z0-9]+)$/.exec(file);
  return match ? `${match[1]}-${match[2]}.${match[3]}` : undefined;
}

/** Reads sha256sum's own format. */
export function parseSums(text: string): { file: string; sha256: string }[] {
  return [...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, sha256 = '', file = '']) => ({
    file,
    sha256,
  }));
}

/** Fetches the upstream archives of these source packages, unless they are there and unchanged. */
export async function ensureSources(wanted: readonly string[], say: Say): Promise<void> {
  if (wanted.length === 0) return;
  await withLock(join(sourcesFolder, '.lock'), 600, async () => {
    const present = await listSources();
    const missing = wanted.filter((name) => !present.some(({ path }) => isArchiveOf(name, path)));
    if (missing.length === 0) return;
    say(`sources: fetching ${missing.join(', ')}, once`);
    await fetchSources(missing, present);
    const fetched = (await listSources()).filter(({ path }) =>
      missing.some((name) => isArchiveOf(name, path)),
    );
    for (const { path, sha256 } of fetched) say(`sources: ${path} sha256 ${sha256}`);
  });
}

/** Whether a file is an upstream archive of the source package, in whatever version. */
export function isArchiveOf(name: string, path: string): boolean {
  const file = basename(path);
  return file.startsWith(`${name}-`) && /^\d/.test(file.slice(name.length + 1));
}

/** The archives that are there and are what was fetched. */
export async function listSources(): Promise<SourceArchive[]> {
  const sums = await readFile(join(sourcesFolder, 'SHA256SUMS'), 'utf8').catch(() => '');
  const archives: SourceArchive[] = [];
  for (const { file, sha256 } of parseSums(sums)) {
    const path = join(sourcesFolder, file);
    if (existsSync(path) && (await sha256Of(path)) === sha256) archives.push({ path, sha256 });
  }
  return archives;
}

/**
 * Asks Debian's source packages through an apt with folders of its own, so that the machine's stays as it is.
 * apt checks what it fetches against the signed index.
 */
async function fetchSources(wanted: readonly string[], present: readonly SourceArchive[]): Promise<void> {
  // Left behind by one that was interrupted; the lock says nobody is at it.
  for (const name of await readdir(sourcesFolder)) {
    if (name.startsWith('fetch-')) await rm(join(sourcesFolder, name), { recursive: true });
  }
  const folder = await mkdtemp(join(sourcesFolder, 'fetch-'));
  try {
    for (const name of ['lists/partial', 'cache/archives/partial', 'parts']) {
      await mkdir(join(folder, name), { recursive: true });
    }
    const list = join(folder, 'sources.list');
    await writeFile(list, `${aptSource(await machineMirror(), release)}\n`);
    const own = [
      `Dir::Etc::SourceList=${list}`,
      `Dir::Etc::SourceParts=${join(folder, 'parts')}`,
      `Dir::State::Lists=${join(folder, 'lists')}`,
      `Dir::Cache=${join(folder, 'cache')}`,
      // apt's unprivileged user may not write here.
      'APT::Sandbox::User=root',
      'Acquire::Retries=3',
    ].flatMap((option) => ['-o', option]);
    const failing = "could not fetch the upstream sources from Debian's source packages";
    await command(['apt-get', '--quiet', ...own, 'update'], { failing });
    // Only the upstream archive, not Debian's changes to it.
    const download = ['source', '--download-only', '--tar-only', ...wanted];
    await command(
      ['sh', '-euc', 'cd "$1"; shift; exec "$@"', 'sh', folder, 'apt-get', '--quiet', ...own, ...download],
      {
        failing,
      },
    );
    await keep(folder, wanted, present);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keep(
  folder: string,
  wanted: readonly string[],
  present: readonly SourceArchive[],
): Promise<void> {
  const sums = present.map(({ path, sha256 }) => `${sha256}  ${basename(path)}`);
  const fetched: string[] = [];
  for (const file of await readdir(folder)) {
    const name = stableName(file);
    if (name === undefined) continue;
    sums.push(`${await sha256Of(join(folder, file))}  ${name}`);
    fetched.push(name);
    await rename(join(folder, file), join(sourcesFolder, name));
  }
  const missing = wanted.filter((name) => !fetched.some((file) => isArchiveOf(name, file)));
  if (missing.length > 0) {
    throw new PlayError({
      kind: 'failed',
      what: `Debian's source packages have no upstream archive of ${missing.join(', ')}`,
    });
  }
  await writeFile(join(sourcesFolder, 'SHA256SUMS'), `${sums.sort().join('\n')}\n`);
}

async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
