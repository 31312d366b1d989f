import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readSshVars } from '../../lib/connection/ssh/vars.ts';
import { VarReader } from '../../lib/connection/var-reader.ts';
import type { InventoryHost, Vars } from '../../lib/inventory/inventory.ts';
import type { PlayError } from '../../lib/util/errors.ts';
import { checkConnectionVars, host } from './host.ts';

const readVars = (given: InventoryHost) => readSshVars(new VarReader(given));

describe('connection variables', () => {
  let agent: string | undefined;
  beforeEach(() => {
    agent = process.env['SSH_AUTH_SOCK'];
    delete process.env['SSH_AUTH_SOCK'];
  });
  afterEach(() => {
    if (agent !== undefined) process.env['SSH_AUTH_SOCK'] = agent;
    else delete process.env['SSH_AUTH_SOCK'];
  });

  const mistake = (vars: Vars): PlayError => {
    try {
      checkConnectionVars(host(vars));
    } catch (error) {
      return error as PlayError;
    }
    assert.fail('it was accepted');
  };

  it('read what Ansible users write', () => {
    const { address, port, user, privateKeyFiles, password, hostKeyChecking } = readVars(
      host({
        ansible_connection: 'ssh',
        ansible_host: '10.0.0.1',
        ansible_port: '2222',
        ansible_user: 'deploy',
        ansible_private_key_file: '/ignored',
        ansible_ssh_private_key_file: '~/.ssh/../../etc/hostname',
        ansible_password: 'hunter2',
        ansible_ssh_common_args: '-o StrictHostKeyChecking=no -p 1 -l nobody',
      }),
    );
    assert.deepEqual([address, port, user], ['10.0.0.1', 2222, 'deploy']);
    assert.deepEqual(privateKeyFiles, [join(homedir(), '../etc/hostname')]);
    assert.equal(String(password), '***');
    assert.equal(password?.reveal(), 'hunter2');
    assert.equal(hostKeyChecking, 'off');
  });

  it('take from the ssh options what no variable sets', () => {
    const { port, user, connectTimeoutMs } = readVars(
      host({ ansible_ssh_common_args: '-p 2022', ansible_ssh_extra_args: '-l deploy -o ConnectTimeout=3' }),
    );
    assert.deepEqual([port, user, connectTimeoutMs], [2022, 'deploy', 3000]);
  });

  it('refuse an invalid value, with its place', () => {
    const port = mistake({ ansible_host: 'a', ansible_port: 'abc' });
    assert.equal(port.kind, 'input');
    assert.equal(port.what, 'ansible_port must be a whole number from 1 to 65535, not "abc"');
    assert.deepEqual(port.where, { host: 'web1', file: 'hosts.yml', line: 2 });
    assert.match(mistake({ ansible_port: 0 }).what, /from 1 to 65535, not 0/);
    assert.match(mistake({ ansible_host: ['a'] }).what, /ansible_host must be text, not a list/);
    assert.match(mistake({ ansible_user: true }).what, /ansible_user must be text, not true/);
    assert.match(mistake({ ansible_connection: 'winrm' }).what, /no connection "winrm"/);
    assert.match(mistake({ ansible_host_key_checking: 'perhaps' }).what, /must be true or false/);
    assert.match(mistake({ ansible_password: ['hunter2'] }).what, /^ansible_password must be text$/);
  });

  it('refuse an unsupported ssh option that must not be ignored, with its place', () => {
    const jump = mistake({ ansible_user: 'x', ansible_ssh_extra_args: '-J bastion' });
    assert.match(jump.what, /ProxyJump is not supported/);
    assert.equal(jump.where.line, 2);
  });

  it('warn about ssh options that have no effect', () => {
    const warnings = checkConnectionVars(host({ ansible_ssh_common_args: '-o ForwardAgent=yes -C' }));
    assert.deepEqual(warnings, ['the ssh option -o ForwardAgent=yes is not supported and has no effect']);
  });

  it('report a missing key file, unless an agent may have the key', () => {
    const vars = { ansible_user: 'x', ansible_ssh_private_key_file: '/nowhere/id' };
    const { what, where } = mistake(vars);
    assert.equal(what, 'the private key /nowhere/id does not exist');
    assert.equal(where.line, 2);
    process.env['SSH_AUTH_SOCK'] = '/nowhere/agent';
    assert.deepEqual(checkConnectionVars(host(vars)), ['the private key /nowhere/id does not exist']);
    assert.throws(() => checkConnectionVars(host({}), { privateKeyFile: '/nowhere/id' }), { kind: 'input' });
  });

  it('refuse a key that is a folder', () => {
    const { what, where } = mistake({ ansible_user: 'x', ansible_ssh_private_key_file: '/etc' });
    assert.equal(what, 'the private key /etc is a folder');
    assert.equal(where.line, 2);
    assert.throws(() => checkConnectionVars(host({}), { privateKeyFile: '/etc' }), {
      what: 'the private key /etc is a folder',
      next: 'correct --private-key',
    });
  });
});
