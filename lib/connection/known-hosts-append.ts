import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { judge, knownLine, knownName, lookup, type Verdict } from './known-hosts.ts';

/** Appends to one file wait for each other, so that two connections at once don't write a line twice. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Adds a host's key to the file, which is made when it is missing, unless it is there already.
 * Returns how the file judged the key just before: anything but `unknown` means that nothing was written.
 */
export function rememberHostKey(
  file: string,
  host: { readonly address: string; readonly port: number },
  key: Buffer,
): Promise<Verdict> {
  const turn = (turns.get(file) ?? Promise.resolve()).then(() => append(file, host, key));
  const done = turn
    .catch(() => {})
    .then(() => {
      if (turns.get(file) === done) turns.delete(file);
    });
  turns.set(file, done);
  return turn;
}

async function append(
  file: string,
  { address, port }: { readonly address: string; readonly port: number },
  key: Buffer,
): Promise<Verdict> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const verdict = judge(await lookup([file], address, port), key);
  if (verdict.verdict !== 'unknown') return verdict;
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const newline = size > 0 && last.toString() !== '\n' ? '\n' : '';
    // One write with O_APPEND: another process that appends at the same time can't end up in the middle of it.
    await handle.write(`${newline}${knownLine(knownName(address, port), key)}\n`);
  } finally {
    await handle.close();
  }
  return verdict;
}
