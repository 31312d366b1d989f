import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint } from '../../../lib/connection/known-hosts.ts';
import { connectSsh, type SshTarget } from '../../../lib/connection/ssh.ts';
import type { PlayError } from '../../../lib/util/errors.ts';
import { secret } from '../../../lib/util/secret.ts';
import { newKey } from '../keys.ts';
import { type SshServer, startSshServer } from '../ssh-server.ts';
import { loopback } from './loopback.ts';

describe('host keys', () => {
  const ed25519 = newKey();
  const rsa = newKey('rsa');
  const other = newKey();
  const userKey = newKey();
  let server: SshServer;
  let dir: string;
  let known: string;
  let name: string;

  before(async () => {
    server = await startSshServer({
      hostKeys: [ed25519.pem, rsa.pem],
      authenticate: ({ method }) => method === 'publickey',
      methods: ['publickey', 'password'],
    });
    name = `[127.0.0.1]:${server.port}`;
  });
  after(() => server.close());
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ts-play-keys-'));
    known = join(dir, 'known_hosts');
    await writeFile(join(dir, 'id'), userKey.pem);
  });
  afterEach(() => rm(dir, { recursive: true }));

  const connect = (rest: Partial<SshTarget> = {}) =>
    connectSsh(
      loopback(server.port, { privateKeyFiles: [join(dir, 'id')], knownHostsFiles: [known], ...rest }),
    );
  const connects = async (rest: Partial<SshTarget> = {}) => (await connect(rest)).close();
  const refusal = async (rest: Partial<SshTarget> = {}): Promise<PlayError> => {
    const offers = server.offers.length;
    const error = await connects(rest).then(
      () => assert.fail('connected'),
      (thrown) => thrown,
    );
    assert.equal(error.name, 'PlayError');
    assert.equal(error.kind, 'unreachable');
    assert.equal(error.where.host, 'web1');
    assert.equal(server.offers.length, offers, 'something was offered to a host that is not trusted');
    return error;
  };

  it('accepts the key that is known', async () => {
    await writeFile(known, `${name} ${ed25519.line}\n`);
    await connects();
  });

  it('asks for the type of key that is known', async () => {
    await writeFile(known, `${name} ${rsa.line}\n`);
    await connects();
  });

  it('refuses an unknown host, and shows how to add its key', async () => {
    const { what, why, next } = await refusal();
    assert.equal(what, 'the host key of web1 is unknown');
    assert.ok(why?.includes(`the ssh-ed25519 key ${fingerprint(ed25519.blob)}`), why);
    assert.ok(why?.includes(known), why);
    assert.ok(next?.includes(`ssh-keyscan -t ed25519 -p ${server.port} 127.0.0.1 >> ${known}`), next);
    assert.ok(next?.includes('--accept-new'), next);
  });

  it('ignores an entry without a port when the port is not 22', async () => {
    await writeFile(known, `127.0.0.1 ${ed25519.line}\n127.0.0.1 ${other.line}\n`);
    assert.match((await refusal()).what, /is unknown/);
  });

  it('refuses a changed key, with the place of the old one', async () => {
    await writeFile(known, `# mine\n${name} ${other.line}\n`);
    for (const hostKeyChecking of ['strict', 'accept-new'] as const) {
      const { what, why, next } = await refusal({ hostKeyChecking });
      assert.equal(what, 'the host key of web1 has CHANGED');
      assert.ok(
        why?.includes(`the known key is the ssh-ed25519 key ${fingerprint(other.blob)} at ${known}:2`),
        why,
      );
      assert.ok(why?.includes(fingerprint(ed25519.blob)), why);
      assert.ok(next?.includes(`ssh-keygen -R '${name}' -f ${known}`), next);
    }
  });

  it('refuses a revoked key in every mode', async () => {
    await writeFile(known, `${name} ${ed25519.line}\n@revoked * ${ed25519.line}\n`);
    for (const hostKeyChecking of ['strict', 'accept-new', 'off'] as const) {
      const { what, why } = await refusal({ hostKeyChecking });
      assert.equal(what, 'the host key of web1 is revoked');
      assert.ok(why?.includes(`${known}:2`), why);
    }
  });

  it('adds the key of a new host once with accept-new', async () => {
    const hostKeyChecking = 'accept-new';
    await Promise.all([connects({ hostKeyChecking }), connects({ hostKeyChecking })]);
    assert.equal(await readFile(known, 'utf8'), `${name} ${ed25519.line}\n`);
    await connects();
  });

  it('does not add the key of a host that refused the login', async () => {
    const deny = await startSshServer({ hostKeys: [ed25519.pem], authenticate: () => false });
    const target = loopback(deny.port, {
      privateKeyFiles: [join(dir, 'id')],
      knownHostsFiles: [known],
      hostKeyChecking: 'accept-new',
    });
    await assert.rejects(connectSsh(target), /refused the login of root/);
    await assert.rejects(readFile(known), { code: 'ENOENT' });
    await deny.close();
  });

  it('does not treat a host as new that has known keys of other types', async () => {
    const ecdsa = newKey('ecdsa');
    await writeFile(known, `${name} ${ecdsa.line}\n`);
    const { what, why } = await refusal({ hostKeyChecking: 'accept-new' });
    assert.match(what, /a host key of a type that is not known for it/);
    assert.ok(why?.includes(`ecdsa-sha2-nistp256 ${fingerprint(ecdsa.blob)} at ${known}:1`), why);
  });

  it('reports a known_hosts file that it can not write', async () => {
    await writeFile(join(dir, 'file'), '');
    const knownHostsFiles = [join(dir, 'file', 'known_hosts')];
    await assert.rejects(connect({ hostKeyChecking: 'accept-new', knownHostsFiles }), {
      kind: 'unreachable',
      message: `can't write the host key of web1 to ${knownHostsFiles[0]}`,
    });
  });

  it('accepts any key when checking is off, and writes nothing', async () => {
    await connects({ hostKeyChecking: 'off' });
    await assert.rejects(readFile(known), { code: 'ENOENT' });
  });

  it('sends no password to a host whose key has changed', async () => {
    await writeFile(known, `${name} ${other.line}\n`);
    const before = server.offers.length;
    await assert.rejects(
      connect({ hostKeyChecking: 'off', privateKeyFiles: [], password: secret('hunter2') }),
      ({ why }: PlayError) => /is not sent, because the host key/.test(why ?? ''),
    );
    assert.deepEqual(server.offers.slice(before), []);
  });
});
