import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** A host key in a known_hosts file. */
export interface KnownKey {
  readonly file: string;
  /** Starts at 1. */
  readonly line: number;
  readonly revoked: boolean;
  /** For example `ssh-ed25519`. */
  readonly type: string;
  /** The public key in SSH's wire format. */
  readonly key: Buffer;
}

/** A line of a known_hosts file: a key and the names of its hosts. */
export interface KnownHostsEntry extends KnownKey {
  /** Comma-separated patterns, or one hashed name. */
  readonly names: string;
}

export type Verdict =
  | { readonly verdict: 'match'; readonly known: KnownKey }
  /** No key of this type is known for the host; `others` are its known keys of other types. */
  | { readonly verdict: 'unknown'; readonly others: readonly KnownKey[] }
  | { readonly verdict: 'changed'; readonly known: KnownKey }
  | { readonly verdict: 'revoked'; readonly known: KnownKey };

/**
 * The usable lines, in order. Like OpenSSH, it skips comments and malformed lines; it also skips `@cert-authority`
 * lines, which are not supported.
 */
export function parseKnownHosts(text: string, file: string): KnownHostsEntry[] {
  return text.split('\n').flatMap((line, i) => {
    const words = line.trim().split(/[ \t]+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, base64] = words;
    if (!names || names.startsWith('#') || !type || !base64) return [];
    if (marker !== undefined && marker !== '@revoked') return [];
    const key = Buffer.from(base64, 'base64');
    if (keyType(key) !== type) return [];
    return [{ file, line: i + 1, revoked: marker === '@revoked', names, type, key }];
  });
}

/**
 * The keys in the files for a host under any of the names. For a port other than 22 only `[name]:port` entries count.
 * A missing file counts as empty. A file that can't be read is an error, because it might revoke a key.
 */
export async function lookup(
  files: readonly string[],
  names: string | readonly string[],
  port: number,
): Promise<KnownKey[]> {
  const wanted = [names].flat().map((name) => knownName(name, port));
  const found = await Promise.all(files.map(async (file) => parseKnownHosts(await readIfExists(file), file)));
  return found.flat().filter((line) => wanted.some((name) => namesMatch(line.names, name)));
}

/** Compares the key that a host presents with the known ones. A revoked key is never a match. */
export function compareKey(keys: readonly KnownKey[], presented: Buffer): Verdict {
  const same = keys.filter((known) => known.key.equals(presented));
  const revoked = same.find((known) => known.revoked);
  if (revoked) return { verdict: 'revoked', known: revoked };
  const match = same[0];
  if (match) return { verdict: 'match', known: match };
  const trusted = keys.filter((known) => !known.revoked);
  const type = keyType(presented);
  const changed = trusted.find((known) => known.type === type);
  return changed ? { verdict: 'changed', known: changed } : { verdict: 'unknown', others: trusted };
}

/** The name of an entry for this address: `[address]:port`, or `address` when the port is 22. */
export function knownName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** The key's type, read from its first bytes; `undefined` when they contain none. */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 0 && length <= key.length - 4 ? key.toString('latin1', 4, 4 + length) : undefined;
}

/** The fingerprint in the format of `ssh-keygen -l`: `SHA256:…`. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A line for a known_hosts file, without the newline. */
export function knownLine(name: string, key: Buffer): string {
  return `${name} ${keyType(key)} ${key.toString('base64')}`;
}

function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|')) return hashMatches(names, name);
  let matched = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!globMatches(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function hashMatches(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || !salt || !hash) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** Only `*` and `?` are wildcards; brackets are literal, because `[host]:port` contains them. */
function globMatches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

async function readIfExists(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  }
}
