import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Vars } from '../../lib/inventory/inventory.ts';
import { capture } from './contract.ts';
import { host, openConnection } from './host.ts';
import { newKey } from './keys.ts';
import { type SshServer, startSshServer } from './ssh-server.ts';

describe('openConnection', () => {
  const hostKey = newKey();
  let server: SshServer;
  let dir: string;
  let users: string[];

  before(async () => {
    users = [];
    server = await startSshServer({
      hostKeys: [hostKey.pem],
      authenticate: ({ method, username }) => {
        users.push(username);
        return method === 'publickey';
      },
    });
    dir = await mkdtemp(join(tmpdir(), 'ts-play-open-'));
    await writeFile(join(dir, 'id'), newKey().pem);
    await writeFile(join(dir, 'known hosts'), `[127.0.0.1]:${server.port} ${hostKey.line}\n`);
  });
  after(async () => {
    await server.close();
    await rm(dir, { recursive: true });
  });

  const vars = (): Vars => ({
    ansible_host: '127.0.0.1',
    ansible_port: server.port,
    ansible_ssh_private_key_file: join(dir, 'id'),
    ansible_ssh_common_args: `-o 'UserKnownHostsFile="${join(dir, 'known hosts')}"'`,
  });

  it('connects as the inventory says', async () => {
    const connection = await openConnection(host({ ...vars(), ansible_user: 'deploy' }), { user: 'other' });
    assert.equal((await capture(connection, 'echo hello')).stdout.toString(), 'hello\n');
    assert.equal(users.at(-1), 'deploy');
    await connection.close();
  });

  it('uses defaults for what the inventory does not set', async () => {
    await (await openConnection(host(vars()), { user: 'other' })).close();
    assert.equal(users.at(-1), 'other');
  });

  it('checks host keys by default', async () => {
    const unknown = { ...vars(), ansible_ssh_common_args: '-o UserKnownHostsFile=/dev/null' };
    await assert.rejects(openConnection(host(unknown)), { kind: 'unreachable', message: /is unknown/ });
    await (await openConnection(host(unknown), { hostKeyChecking: 'accept-new' })).close();
    await (await openConnection(host({ ...unknown, ansible_host_key_checking: false }))).close();
  });

  it('runs local commands without loading the SSH library', async () => {
    const open = pathToFileURL(join(import.meta.dirname, 'host.js')).href;
    const script = `
      import { createRequire } from 'node:module';
      const { openConnection } = await import(${JSON.stringify(open)});
      const host = { name: 'here', vars: { ansible_connection: 'local' }, groups: [], place: () => ({}) };
      const connection = await openConnection(host);
      const { code } = await connection.run('exit 3');
      await connection.close();
      const loaded = Object.keys(createRequire(${JSON.stringify(open)}).cache);
      console.log(code, loaded.some((file) => file.includes('ssh2')));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(stdout.trim(), '3 false');
  });
});
