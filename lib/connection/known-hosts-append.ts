import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareKey, knownLine, knownName, lookup, type Verdict } from './known-hosts.ts';

/** By file, the last pending append. They run one after another, so that two connections don't write the same line. */
const pending = new Map<string, Promise<unknown>>();

/**
 * Adds a host's key to a known_hosts file, unless the file has a key of this type for the host already. Creates the
 * file when it is missing.
 * Resolves with the verdict before the write: anything but `unknown` means that nothing was written.
 */
export function rememberHostKey(
  file: string,
  host: { readonly address: string; readonly port: number },
  key: Buffer,
): Promise<Verdict> {
  const turn = (pending.get(file) ?? Promise.resolve()).then(() => append(file, host, key));
  const done = turn
    .catch(() => {})
    .then(() => {
      if (pending.get(file) === done) pending.delete(file);
    });
  pending.set(file, done);
  return turn;
}

async function append(
  file: string,
  { address, port }: { readonly address: string; readonly port: number },
  key: Buffer,
): Promise<Verdict> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const verdict = compareKey(await lookup([file], address, port), key);
  if (verdict.verdict !== 'unknown') return verdict;
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const newline = size > 0 && last.toString() !== '\n' ? '\n' : '';
    // A single write with O_APPEND, so that another process that appends at the same time can't split the line.
    await handle.write(`${newline}${knownLine(knownName(address, port), key)}\n`);
  } finally {
    await handle.close();
  }
  return verdict;
}
