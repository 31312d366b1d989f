import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import {
  type Connection,
  connectLocal,
  defineConnection,
  definePlaybook,
  file,
  parseInventory,
  run,
} from '../../lib/index.ts';
import { assertRefused, connectionContract, convergeTwice, routeTo } from '../../lib/testing/index.ts';
import { Workplace } from '../cli/command.ts';

/** A connection of a user's own: a shell of this machine that knows where it is. */
const box = defineConnection({
  names: ['box', 'community.box'],
  prepare(vars) {
    const label = vars.text(['box_label']);
    if (label === undefined) throw vars.wrong('ansible_connection', 'box_label is missing', 'set box_label');
    return {
      user: userInfo().username,
      warnings: label === 'old' ? ['this box is old'] : [],
      open: async () => inBox(label),
    };
  },
});

function inBox(label: string): Connection {
  const local = connectLocal();
  return {
    run: (command, options) => local.run(`BOX=${label}; export BOX; ${command}`, options),
    close: () => local.close(),
  };
}

const hosts = (vars: string) =>
  parseInventory(`all:\n  vars: { ansible_become: false }\n  hosts:\n    b1: { ${vars} }\n`, 'hosts.yml');

describe('a connection of one’s own', function () {
  this.timeout(60_000);
  const place = new Workplace();
  after(() => place.dispose());

  describe('passes the contract', () => {
    const open = () => routeTo(box, { box_label: 'b' }).open(undefined);
    for (const { title, check } of connectionContract(open)) it(title, check);
  });

  it('is used by a run that is given it, for the hosts that name it', async () => {
    const path = place.path('from-run');
    const playbook = definePlaybook({
      plays: [{ name: 'boxes', hosts: 'all', tasks: [file({ path, content: 'hello\n' })] }],
    });
    const inventory = hosts('ansible_connection: community.box, box_label: b');
    const warnings: string[] = [];
    await convergeTwice(playbook, { inventory, connections: [box] });
    assert.equal(readFileSync(path, 'utf8'), 'hello\n');
    await run(playbook, {
      inventory: hosts('ansible_connection: box, box_label: old'),
      connections: [box],
      onEvent: (event) => event.type === 'warning' && warnings.push(`${event.host}: ${event.text}`),
    });
    assert.deepEqual(warnings, ['b1: this box is old']);
  });

  it('is used by the command line when the playbook has it', async () => {
    place.write({
      'box.ts': `import { connectLocal, defineConnection } from 'ts-play';
        export const box = defineConnection({
          names: ['box'],
          prepare: (vars) => ({ user: vars.text(['box_user']) ?? 'nobody', open: async () => connectLocal() }),
        });`,
      'site.ts': `import { definePlaybook, file } from 'ts-play';
        import { box } from './box.ts';
        export default definePlaybook({
          connections: [box],
          plays: [{ name: 'boxes', hosts: 'all', tasks: [file({ path: '${place.path('from-cli')}', content: 'x' })] }],
        });`,
      'hosts.yml': 'all: { vars: { ansible_connection: box, ansible_become: false }, hosts: { b1: } }\n',
    });
    const { code, stdout, stderr } = await place.run('site.ts', '-i', 'hosts.yml');
    assert.equal(code, 0, stdout + stderr);
    assert.ok(existsSync(place.path('from-cli')));
  });

  it('says what is wrong with its variables, with their place, before any contact', async () => {
    const playbook = definePlaybook({
      plays: [{ name: 'p', hosts: 'all', tasks: [file({ path: '/x', content: '' })] }],
    });
    const attempt = (vars: string, connections = [box]) =>
      assertRefused(() => run(playbook, { inventory: hosts(vars), connections }), {
        where: { file: 'hosts.yml', line: 4 },
      });
    assert.equal((await attempt('ansible_connection: box')).what, 'box_label is missing');
    const unknown = await attempt('ansible_connection: winrm');
    assert.equal(unknown.what, 'there is no connection "winrm"');
    assert.match(unknown.next ?? '', /^use ssh, local, lab or box, or give the playbook a connection/);
    assert.equal((await attempt('ansible_connection: bix')).next, 'did you mean "box"?');
    assert.match((await attempt('ansible_connection: box', [])).next ?? '', /^use ssh, local or lab, or /);
  });

  it('is refused under a name that another one has, and when it is something else', async () => {
    const playbook = definePlaybook({
      plays: [{ name: 'p', hosts: 'all', tasks: [file({ path: '/x', content: '' })] }],
    });
    const inventory = hosts('ansible_connection: local');
    const ssh = { ...box, names: ['ssh'] as const };
    await assertRefused(() => run(playbook, { inventory, connections: [ssh] }), { what: /name "ssh"/ });
    const nonsense = JSON.parse('[{ "names": ["x"] }]');
    await assertRefused(() => run(playbook, { inventory, connections: nonsense }), {
      what: /not a connection/,
    });
    assert.equal((await run(playbook, { inventory, connections: [box, box], check: true })).exitCode, 0);
  });
});
