import assert from 'node:assert/strict';
import ssh2 from 'ssh2';
import { knownHostsLine, newKey, sshConfig } from '../../lib/lab/keys.ts';

describe('lab keys', () => {
  it('are new ed25519 keys that OpenSSH and ssh2 can read', () => {
    const [one, other] = [newKey('one'), newKey('other')];
    assert.match(one.private, /^-----BEGIN OPENSSH PRIVATE KEY-----/);
    assert.match(one.public, /^ssh-ed25519 \S+ one$/);
    assert.notEqual(one.public.split(' ')[1], other.public.split(' ')[1]);
    const parsed = ssh2.utils.parseKey(one.private);
    assert.ok(!(parsed instanceof Error));
    assert.equal(parsed.getPublicSSH().toString('base64'), one.public.split(' ')[1]);
  });

  it('are in known_hosts by address and by name', () => {
    assert.equal(
      knownHostsLine('hadoop002', 'ssh-ed25519 AAAA root@hadoop002\n'),
      '192.0.2.12,hadoop002 ssh-ed25519 AAAA',
    );
  });

  it('are the only keys that the ssh client uses and accepts', () => {
    const lines = sshConfig({ privateKey: '/lab/key', knownHosts: '/lab/known' }).split('\n');
    assert.ok(lines.includes('  IdentityFile /lab/key'));
    assert.ok(lines.includes('  UserKnownHostsFile /lab/known'));
    assert.ok(lines.includes('  StrictHostKeyChecking yes'));
  });
});
