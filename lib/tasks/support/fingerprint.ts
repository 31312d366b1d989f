import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../../util/secret.ts';

// A secret may be guessable, so its fingerprint is keyed and worth nothing outside this process.
const key = randomBytes(32);

/** A short word that differs when values differ; says nothing about a secret. For {@link Claims}. */
export function fingerprint(...values: readonly unknown[]): string {
  const hash = createHmac('sha256', key);
  for (const value of values) hash.update(`${value instanceof Secret ? value.reveal() : String(value)}\0`);
  return hash.digest('hex').slice(0, 12);
}
