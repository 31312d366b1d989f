import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { secret } from '../../../../../lib/index.ts';
import { hasPassword } from '../../../../../roles/domain/rabbitmq/rules/password.ts';
import { user } from '../nodes.ts';

const hashed = (algorithm: string, password: string) => {
  const salt = Buffer.from('salt');
  const hash = createHash(algorithm).update(salt).update(password).digest();
  return {
    ...user('admin', ''),
    algorithm: `rabbit_password_hashing_${algorithm}`,
    hash: Buffer.concat([salt, hash]).toString('base64'),
  };
};

describe("a broker user's password", () => {
  it('is compared with the salted hash the broker keeps', () => {
    // From RabbitMQ's own documentation of its hashing: password test12, salt 908DC60A.
    const documented = { ...user('x', ''), hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR' };
    assert.ok(hasPassword(documented, secret('test12')));
    assert.ok(!hasPassword(documented, secret('test13')));
  });

  it('is compared by each algorithm the broker knows', () => {
    for (const algorithm of ['sha256', 'sha512', 'md5']) {
      assert.ok(hasPassword(hashed(algorithm, 'pä ss'), secret('pä ss')));
      assert.ok(!hasPassword(hashed(algorithm, 'pä ss'), secret('pä ss ')));
    }
  });

  it('differs where nothing can be compared', () => {
    assert.ok(!hasPassword({ ...user('x', 'a'), algorithm: 'rabbit_password_hashing_scrypt' }, secret('a')));
    assert.ok(!hasPassword({ ...user('x', 'a'), hash: '' }, secret('')));
  });
});
