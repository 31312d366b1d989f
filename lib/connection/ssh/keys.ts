import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import type { Secret } from '../../util/secret.ts';

/** The result of reading a private key file: a usable key, or the problem with it. */
export type KeyFile = {
  readonly file: string;
  /** The public key in SSH's wire format, when it is known. */
  readonly publicKey: Buffer | undefined;
} & (
  | { readonly key: ParsedKey; readonly problem?: undefined }
  | { readonly key?: undefined; readonly problem: string }
);

/** Reads one private key. Never throws: a problem matters only when no other key works. */
export async function readKeyFile(file: string, passphrase: Secret | undefined): Promise<KeyFile> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    return { file, publicKey: undefined, problem: readProblem(error as NodeJS.ErrnoException) };
  }
  const key = ssh2.utils.parseKey(text, passphrase?.reveal());
  if (key instanceof Error) {
    return { file, publicKey: await publicKeyOf(file), problem: parseProblem(key, passphrase !== undefined) };
  }
  if (!key.isPrivateKey())
    return { file, publicKey: key.getPublicSSH(), problem: 'contains only a public key' };
  return { file, publicKey: key.getPublicSSH(), key };
}

/** An encrypted key may still be usable through the agent, which identifies keys by their public key. */
async function publicKeyOf(file: string): Promise<Buffer | undefined> {
  const text = await readFile(`${file}.pub`).catch(() => undefined);
  if (!text) return undefined;
  const key = ssh2.utils.parseKey(text);
  return key instanceof Error ? undefined : key.getPublicSSH();
}

function readProblem(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return 'does not exist';
  if (error.code === 'EACCES') return "can't be read by the user who runs ts-play (permission denied)";
  return `can't be read: ${error.message}`;
}

function parseProblem(error: Error, hadPassphrase: boolean): string {
  if (/no passphrase given/i.test(error.message)) return 'is encrypted, but no passphrase is set';
  if (hadPassphrase && /passphrase|decrypt|integrity/i.test(error.message)) {
    return 'is encrypted with a different passphrase';
  }
  return `is not a usable private key: ${error.message}`;
}
