import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import type { Secret } from '../../util/secret.ts';

/** A private key file as it was found: a key to log in with, or the reason why it is none. */
export type KeyFile = {
  readonly file: string;
  /** The public half in SSH's wire format, when it could be found out. */
  readonly publicKey: Buffer | undefined;
} & (
  | { readonly key: ParsedKey; readonly problem?: undefined }
  | { readonly key?: undefined; readonly problem: string }
);

/** Reads one private key. Never throws: what is wrong with it matters only when no other key works. */
export async function readKeyFile(file: string, passphrase: Secret | undefined): Promise<KeyFile> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    return { file, publicKey: undefined, problem: readProblem(error as NodeJS.ErrnoException) };
  }
  const key = ssh2.utils.parseKey(text, passphrase?.reveal());
  if (key instanceof Error) {
    return { file, publicKey: await publicHalf(file), problem: parseProblem(key, passphrase !== undefined) };
  }
  if (!key.isPrivateKey()) return { file, publicKey: key.getPublicSSH(), problem: 'holds a public key only' };
  return { file, publicKey: key.getPublicSSH(), key };
}

/** An encrypted key may still be usable through the agent, which knows keys by their public half. */
async function publicHalf(file: string): Promise<Buffer | undefined> {
  const text = await readFile(`${file}.pub`).catch(() => undefined);
  if (!text) return undefined;
  const key = ssh2.utils.parseKey(text);
  return key instanceof Error ? undefined : key.getPublicSSH();
}

function readProblem(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return 'does not exist';
  if (error.code === 'EACCES') return 'may not be read by the user who runs this';
  return `can't be read: ${error.message}`;
}

function parseProblem(error: Error, hadPassphrase: boolean): string {
  if (/no passphrase given/i.test(error.message)) return 'is encrypted and no passphrase is given';
  if (hadPassphrase && /passphrase|decrypt|integrity/i.test(error.message)) {
    return 'is encrypted with another passphrase than the one given';
  }
  return `is not a private key that can be used: ${error.message}`;
}
