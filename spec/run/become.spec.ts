import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { builtinConnections } from '../../lib/connection/builtin.ts';
import { Connections } from '../../lib/connection/registry.ts';
import type { InventoryHost } from '../../lib/inventory/inventory.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { becomeUser as userOf } from '../../lib/run/become.ts';

const me = userInfo().username;

function becomeUser(
  given: InventoryHost,
  play?: boolean | string,
  { become, user }: { readonly become?: boolean | string; readonly user?: string } = {},
) {
  return userOf(given, play, become, new Connections(builtinConnections, { user }));
}

function host(vars: Readonly<Record<string, unknown>>) {
  const inventory = parseInventory(JSON.stringify({ all: { hosts: { h: vars } } }), 'hosts.yml');
  const found = inventory.hosts.get('h');
  assert.ok(found);
  return found;
}

describe('the user to become', () => {
  const ann = { ansible_user: 'ann' };

  it('is nobody else unless asked for', () => {
    assert.equal(becomeUser(host(ann), undefined), undefined);
    assert.equal(becomeUser(host({ ...ann, ansible_become_user: 'bob' }), undefined), undefined);
    assert.equal(becomeUser(host(ann), false, { become: true }), undefined);
  });

  it('is the inventory’s, then the play’s, then the command line’s', () => {
    assert.equal(becomeUser(host(ann), true), 'root');
    assert.equal(becomeUser(host(ann), 'bob'), 'bob');
    assert.equal(becomeUser(host(ann), undefined, { become: 'eve' }), 'eve');
    assert.equal(becomeUser(host(ann), 'bob', { become: 'eve' }), 'bob');
    assert.equal(becomeUser(host(ann), true, { become: 'eve' }), 'eve');
    assert.equal(becomeUser(host(ann), false, { become: 'eve' }), undefined);
    assert.equal(becomeUser(host({ ...ann, ansible_become_user: 'cy' }), 'bob'), 'cy');
    assert.equal(becomeUser(host({ ...ann, ansible_become: true }), undefined), 'root');
    assert.equal(becomeUser(host({ ...ann, ansible_become: false }), true), undefined);
  });

  it('takes the words that Ansible’s users write for booleans', () => {
    for (const yes of ['yes', 'True', 'on', '1', 1])
      assert.equal(becomeUser(host({ ...ann, ansible_become: yes }), undefined), 'root');
    for (const no of ['no', 'False', 'off', '0', 0])
      assert.equal(becomeUser(host({ ...ann, ansible_become: no }), true), undefined);
    assert.throws(
      () => becomeUser(host({ ...ann, ansible_become: 'perhaps' }), true),
      /ansible_become must be true or false/,
    );
  });

  it('needs no sudo only where the login user is that very user, however it is given', () => {
    assert.equal(becomeUser(host({ ansible_user: 'root' }), true), undefined);
    assert.equal(becomeUser(host({ ansible_ssh_user: 'ann' }), true), 'root');
    assert.equal(becomeUser(host({ ansible_ssh_common_args: '-o User=ann' }), true), 'root');
    assert.equal(becomeUser(host({}), true, { user: 'ann' }), 'root');
    assert.equal(becomeUser(host({}), true, { user: 'root' }), undefined);
    assert.equal(becomeUser(host({}), me), undefined);
    assert.equal(becomeUser(host({ ansible_connection: 'local', ansible_user: 'ann' }), me), undefined);
    assert.equal(becomeUser(host({ ansible_connection: 'lab' }), true), undefined);
  });

  it('is refused a password, which sudo would want, with its place', () => {
    const vars = { ...ann, ansible_become_password: 'hunter2' };
    assert.throws(() => becomeUser(host(vars), true), {
      kind: 'input',
      what: 'ansible_become_password is not supported',
      where: { host: 'h', file: 'hosts.yml', line: 1, column: 44 },
      next: /NOPASSWD/,
    });
    assert.equal(becomeUser(host(vars), undefined), undefined);
    assert.equal(becomeUser(host({ ...vars, ansible_user: 'root' }), true), undefined);
    assert.equal(becomeUser(host({ ...ann, ansible_become_password: null }), true), 'root');
  });

  it('is text', () => {
    assert.throws(() => becomeUser(host({ ...ann, ansible_become_user: 5 }), true), {
      what: 'ansible_become_user must be text, not 5',
    });
  });

  it('refuses ways other than sudo', () => {
    assert.throws(
      () => becomeUser(host({ ...ann, ansible_become_method: 'su' }), true),
      /become supports only sudo, not "su"/,
    );
    assert.equal(becomeUser(host({ ...ann, ansible_become_method: 'sudo' }), true), 'root');
  });
});
