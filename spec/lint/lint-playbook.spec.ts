import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadPlaybook } from '../../lib/cli/load-playbook.ts';
import { defineRole } from '../../lib/index.ts';
import { loadInventory } from '../../lib/inventory/load.ts';
import { lintPlaybook } from '../../lib/lint/lint-playbook.ts';
import { defaultCacheDir } from '../../lib/run/options.ts';
import { packageRoot } from '../../lib/util/package.ts';
import { shipped } from '../../roles/program.ts';
import { brief, lintPlays } from './support.ts';

const INVENTORY = `all:
  children:
    web:
      vars: { door_port: 80 }
      hosts:
        one:
        two: { door_port: 81 }
    db:
      hosts: { three: { shared: 5 } }
`;

/** A linter whose findings show the port of every host and how often it was called. */
const door = (calls: number[] = []) =>
  defineRole({
    name: 'door',
    description: 'a door',
    prefix: 'door_',
    vars: {
      type: 'object',
      additionalProperties: false,
      properties: { door_port: { type: 'integer', default: 1, description: 'its port' } },
    },
    lint(uses, context) {
      calls.push(uses.length);
      return uses.flatMap((use) =>
        use.hosts.map((host) => ({
          ...use.at(host.name, 'door_port'),
          severity: 'hint' as const,
          rule: 'a-port',
          what: `port ${host.vars.door_port} in ${use.play}`,
          why: `with ${context.group('db').map(({ name }) => name)}, ${context.uses('door').length} uses`,
          next: 'nothing',
        })),
      );
    },
    steps: [
      () => {
        throw new Error('the linter must not call a step');
      },
    ],
  });

describe('the linter', () => {
  it('calls the linter of a role once, with all its uses, their checked variables and their places', async () => {
    const calls: number[] = [];
    const role = door(calls);
    const findings = await lintPlays(
      [
        { name: 'a', hosts: 'web', roles: [role()] },
        { name: 'b', hosts: 'three', roles: [role({ door_port: 9 })] },
      ],
      INVENTORY,
    );
    assert.deepEqual(calls, [2]);
    assert.deepEqual(
      findings.map(({ hosts, variable, where, what, why }) => [hosts, variable, where, what, why]),
      [
        [
          ['one'],
          'door_port',
          { file: 'hosts.yml', line: 4, column: 15 },
          'port 80 in a',
          'with three, 2 uses',
        ],
        [
          ['two'],
          'door_port',
          { file: 'hosts.yml', line: 7, column: 16 },
          'port 81 in a',
          'with three, 2 uses',
        ],
        [['three'], 'door_port', { file: 'site.ts' }, 'port 9 in b', 'with three, 2 uses'],
      ],
    );
  });

  it('sees the variables of -e, with -e as their place', async () => {
    const findings = await lintPlays([{ name: 'a', hosts: 'web', roles: [door()()] }], INVENTORY, {
      extra: ['door_port=7'],
    });
    assert.deepEqual(
      findings.map(({ hosts, where, what }) => [hosts, where, what]),
      [[['one', 'two'], { file: '-e' }, 'port 7 in a']],
    );
  });

  it('checks all hosts despite a limit, and shows the findings of its hosts', async () => {
    const calls: number[] = [];
    const findings = await lintPlays([{ name: 'a', hosts: 'web', roles: [door(calls)()] }], INVENTORY, {
      limit: 'two',
    });
    assert.deepEqual(calls, [1]);
    assert.deepEqual(
      findings.map(({ hosts }) => hosts),
      [['two']],
    );
  });

  it('refuses everything that a run refuses', async () => {
    const plays = [{ name: 'a', hosts: 'web', roles: [door()()] }];
    await assert.rejects(lintPlays(plays, INVENTORY.replace('81', 'x')), { kind: 'input' });
    await assert.rejects(lintPlays(plays, INVENTORY, { limit: 'nobody' }), { kind: 'input' });
  });

  it('finds nothing in a role without rules', async () => {
    const { lint: _, ...silent } = door().definition;
    const plays = [{ name: 'a', hosts: 'web', roles: [defineRole(silent)()] }];
    assert.deepEqual(await lintPlays(plays, INVENTORY), []);
  });

  it("finds only the ram node in the lab's own design", async () => {
    const file = join(packageRoot, 'playbooks/site.ts');
    const { playbook } = await loadPlaybook(file, defaultCacheDir(), shipped);
    const inventory = await loadInventory(join(packageRoot, 'inventory/lab.yml'));
    const findings = await lintPlaybook(playbook, { inventory });
    const ram = inventory.hosts.get('hadoop002')?.place('rabbit_node_type').line;
    assert.deepEqual(brief(findings), [`warning ram-node ${ram}`]);
    assert.deepEqual(findings[0]?.hosts, ['hadoop002']);
  });
});
