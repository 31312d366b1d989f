import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../../../lib/index.ts';
import type { BrokerUser } from '../facts/snapshot.ts';

const DIGESTS: Readonly<Record<string, string>> = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
  rabbit_password_hashing_md5: 'md5',
};

/** Whether a user has this password: compared here with the broker's salted hash, so it needn't be sent to ask. */
export function hasPassword({ hash, algorithm }: BrokerUser, password: Secret): boolean {
  const digest = DIGESTS[algorithm];
  if (digest === undefined) return false;
  const stored = Buffer.from(hash, 'base64');
  const salt = stored.subarray(0, 4);
  const computed = createHash(digest).update(salt).update(password.reveal()).digest();
  return stored.length === computed.length + 4 && timingSafeEqual(stored.subarray(4), computed);
}
