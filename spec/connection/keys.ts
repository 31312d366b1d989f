import ssh2 from 'ssh2';

export interface SpecKey {
  /** Private, in OpenSSH's format. */
  readonly pem: string;
  /** Type and base64, as known_hosts and authorized_keys have it. */
  readonly line: string;
  /** Public, in SSH's wire format. */
  readonly blob: Buffer;
  readonly passphrase: string | undefined;
}

/** A fresh key. With a passphrase its private half is encrypted. */
export function newKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519', passphrase?: string): SpecKey {
  // One round: the key protects nothing.
  const encryption = passphrase === undefined ? undefined : { passphrase, cipher: 'aes256-ctr', rounds: 1 };
  const pair =
    type === 'ed25519'
      ? ssh2.utils.generateKeyPairSync('ed25519', encryption ?? {})
      : ssh2.utils.generateKeyPairSync(type, { bits: type === 'rsa' ? 2048 : 256, ...encryption });
  // ssh2 makes one ed25519 key in 256 wrong: it drops a leading zero byte of the public half.
  if (ssh2.utils.parseKey(pair.private, passphrase) instanceof Error) return newKey(type, passphrase);
  const [name = '', base64 = ''] = pair.public.split(' ');
  return { pem: pair.private, line: `${name} ${base64}`, blob: Buffer.from(base64, 'base64'), passphrase };
}
