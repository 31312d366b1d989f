import ssh2 from 'ssh2';

export interface SpecKey {
  /** Private, in OpenSSH's format. */
  readonly pem: string;
  /** Type and base64, as in known_hosts and authorized_keys. */
  readonly line: string;
  /** Public, in SSH's wire format. */
  readonly blob: Buffer;
  readonly passphrase: string | undefined;
}

/** Creates a key. With a passphrase its private key is encrypted. */
export function newKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519', passphrase?: string): SpecKey {
  // One round is enough: the key protects nothing.
  const encryption = passphrase === undefined ? undefined : { passphrase, cipher: 'aes256-ctr', rounds: 1 };
  const pair =
    type === 'ed25519'
      ? ssh2.utils.generateKeyPairSync('ed25519', encryption ?? {})
      : ssh2.utils.generateKeyPairSync(type, { bits: type === 'rsa' ? 2048 : 256, ...encryption });
  // ssh2 creates a wrong ed25519 key in one case of 256: it drops a leading zero byte of the public key.
  if (ssh2.utils.parseKey(pair.private, passphrase) instanceof Error) return newKey(type, passphrase);
  const [name = '', base64 = ''] = pair.public.split(' ');
  return { pem: pair.private, line: `${name} ${base64}`, blob: Buffer.from(base64, 'base64'), passphrase };
}
