import assert from 'node:assert/strict';
import { parseExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { defineParametricPlaybook } from '../../lib/model/play.ts';
import { makePlaybook } from '../../lib/run/make.ts';
import { run } from '../../lib/run/run.ts';
import { Site } from './site.ts';
import { thing } from './things.ts';

const inventory = parseInventory('all: {hosts: {h1: , h2: }}', 'hosts.yml');

const playbook = defineParametricPlaybook({
  name: 'grow',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: {
      node: { type: 'string', description: 'The host.' },
      count: { type: 'integer', default: 2, description: 'How many.' },
    },
  },
  make({ params, write }) {
    if (params.node === 'bad') throw new Error('bad is bad');
    const count: number = params.count;
    return {
      inventory: parseInventory('all: {hosts: {h1: , h2: , h3: }}', 'new.yml'),
      plays: [
        {
          name: 'p',
          hosts: params.node,
          tasks: [thing({ name: `t${count}${write ? '' : ' dry'}`, value: 'new' })],
        },
      ],
    };
  },
});

const extra = (...args: string[]) => parseExtraVars(args, '/');

describe('a playbook with parameters', () => {
  it('makes its plays from them, on the inventory it says', async () => {
    const made = await makePlaybook(playbook, { inventory, extraVars: await extra('node=h3') });
    assert.equal(made.playbook.plays[0]?.hosts, 'h3');
    assert.ok(made.options.inventory.hosts.has('h3'));
    const site = new Site();
    const result = await run(playbook, {
      inventory,
      extraVars: await extra('node=h3', 'count=7'),
      write: false,
      connect: async ({ name }) => site.host(name),
    });
    assert.deepEqual(
      result.tasks.map(({ host, task }) => `${host} ${task}`),
      ['h3 t7 dry'],
    );
  });

  it('says what is missing or wrong, and how to give it', async () => {
    const making = async (...args: string[]) =>
      makePlaybook(playbook, { inventory, extraVars: await extra(...args) });
    await assert.rejects(making(), (error: Error & { next?: string; kind?: string }) => {
      assert.match(error.message, /playbook grow needs the variable node/);
      assert.equal(error.next, 'say -e node=…');
      assert.equal(error.kind, 'input');
      return true;
    });
    await assert.rejects(making('node=h1', 'count=many'), /variable count of playbook grow must be integer/);
    await assert.rejects(making('node=bad'), (error: Error & { kind?: string }) => {
      assert.match(error.message, /bad is bad/);
      return error.kind === 'input';
    });
  });
});

describe('localhost', () => {
  it('is the machine itself where the inventory has none', async () => {
    const asked: string[] = [];
    const site = new Site();
    const result = await run(
      {
        plays: [{ name: 'p', hosts: 'localhost', become: true, tasks: [thing({ name: 't', value: 'new' })] }],
      },
      {
        inventory,
        limit: 'h1',
        connect: async ({ name, vars }) => {
          asked.push(`${name} ${String(vars['ansible_connection'])}`);
          return site.host(name);
        },
      },
    );
    assert.deepEqual(asked, ['localhost local']);
    assert.equal(result.hosts['localhost']?.changed, 1);
    assert.ok(site.host('localhost').commands.every((command) => !command.includes('sudo')));
  });
});
