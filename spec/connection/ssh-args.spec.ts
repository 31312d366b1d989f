import assert from 'node:assert/strict';
import { parseSshArgs } from '../../lib/connection/ssh-args.ts';

describe('parseSshArgs', () => {
  it('reads the supported options in every syntax', () => {
    const text = [
      '-o StrictHostKeyChecking=accept-new',
      '-oConnectTimeout=20',
      "-o 'ServerAliveInterval 30' -o serveralivecountmax=5",
      '-p 2222 -ldeploy',
      '-i ~/.ssh/one -o IdentityFile="/keys/second one" -o IdentitiesOnly=yes',
    ].join(' ');
    assert.deepEqual(parseSshArgs(text), {
      hostKeyChecking: 'accept-new',
      connectTimeoutMs: 20_000,
      keepaliveIntervalMs: 30_000,
      keepaliveCountMax: 5,
      port: 2222,
      user: 'deploy',
      identityFiles: ['~/.ssh/one', '/keys/second one'],
      identitiesOnly: true,
      ignored: [],
    });
  });

  it('reads every value of StrictHostKeyChecking', () => {
    const checking = (word: string) => parseSshArgs(`-o StrictHostKeyChecking=${word}`).hostKeyChecking;
    assert.deepEqual(['yes', 'ask', 'no', 'off', 'accept-new', 'Yes'].map(checking), [
      'strict',
      'strict',
      'off',
      'off',
      'accept-new',
      'strict',
    ]);
    assert.throws(() => checking('maybe'), /must be yes, no or accept-new, not maybe/);
  });

  it('reads several known_hosts files, also quoted', () => {
    const { userKnownHostsFiles, globalKnownHostsFiles } = parseSshArgs(
      `-o UserKnownHostsFile="/a /b" -o 'GlobalKnownHostsFile="/c d"'`,
    );
    assert.deepEqual(userKnownHostsFiles, ['/a', '/b']);
    assert.deepEqual(globalKnownHostsFiles, ['/c d']);
  });

  it('uses the first value of an option, like OpenSSH', () => {
    assert.equal(parseSshArgs('-p 1 -p 2 -o Port=3').port, 1);
  });

  it('refuses jump hosts and proxies', () => {
    for (const text of ['-o ProxyJump=bastion', '-J bastion', `-o ProxyCommand="ssh -W %h:%p bastion"`]) {
      assert.throws(() => parseSshArgs(text), /Proxy(Jump|Command) is not supported/);
    }
    assert.deepEqual(parseSshArgs('-o ProxyCommand=none -o ProxyJump=none').ignored, []);
  });

  it('lists the ignored options, except harmless ones', () => {
    assert.deepEqual(
      parseSshArgs('-C -q -vv -o ControlMaster=auto -o ControlPersist=60s -o LogLevel=ERROR').ignored,
      [],
    );
    assert.deepEqual(parseSshArgs('-o ForwardAgent=yes -F cfg -L 1:b:2 -A word').ignored, [
      '-o ForwardAgent=yes',
      '-F cfg',
      '-L 1:b:2',
      '-A',
      'word',
    ]);
  });

  it('refuses malformed options', () => {
    assert.throws(() => parseSshArgs('-p many'), /Port must be a whole number from 1 to 65535, not many/);
    assert.throws(() => parseSshArgs('-o Port'), /is not NAME=VALUE/);
    assert.throws(() => parseSshArgs('-i'), /-i needs a value/);
    assert.throws(() => parseSshArgs('-i "open'), /quote is not closed/);
  });
});
