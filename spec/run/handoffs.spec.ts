import assert from 'node:assert/strict';
import { listTasks } from '../../lib/cli/list.ts';
import { defineFact } from '../../lib/model/fact.ts';
import type { Gate } from '../../lib/model/gate.ts';
import { defineHandoff } from '../../lib/model/handoff.ts';
import type { Step } from '../../lib/model/role.ts';
import { sh } from '../../lib/util/sh.ts';
import { inventory, names, role, Site } from './site.ts';
import { thing, things } from './things.ts';

const leader = defineHandoff<string>({ name: 'leader', from: 'the role giving', scope: 'play' });
const table = defineHandoff<readonly string[]>({ name: 'table', from: 'the role noting', scope: 'run' });
const leaderOf = defineFact({ name: 'leader', script: sh`get leader`, parse: ({ stdout }) => stdout });

/** Asks who leads, and hands it on. */
const gives: Step<object> = async ({ hosts, query, handOff }) => {
  const [first] = (await query(hosts, leaderOf)).values();
  handOff(leader, first ?? 'nobody');
  return () => [];
};

/** Wants a thing that is called after the leader. */
const needs: Step<object> = async ({ received }) => {
  const name = await received(leader);
  return () => [thing({ name, value: 'new' })];
};

const settled = (...values: readonly string[]): Site => {
  const site = new Site();
  for (const name of names) for (const value of values) site.host(name).values.set(value, 'new');
  return site;
};
const tasks = (site: Site) => site.of('task').map(({ host, task, status }) => `${host} ${task} ${status}`);
const trips = (hosts: Readonly<Record<string, { readonly roundTrips: number }>>) =>
  names.map((name) => hosts[name]?.roundTrips);

describe('a value that is handed on', () => {
  it('reaches a later step of its role, and a later role', async () => {
    const site = settled('old');
    const result = await site.run([{ roles: [role('giving', gives, needs)(), role('other', needs)()] }]);
    assert.equal(result.exitCode, 0);
    assert.deepEqual(
      tasks(site).sort(),
      names.flatMap((name) => [`${name} old ok`, `${name} old ok`]),
    );
    // The look ahead waits for it: the leader, then the thing that is called after it.
    assert.deepEqual(trips(result.hosts), [2, 2, 2]);
  });

  it('is there in check mode, too', async () => {
    const site = new Site();
    await site.run([{ roles: [role('giving', gives, needs)()] }], { check: true });
    assert.deepEqual(
      tasks(site),
      names.map((name) => `${name} old would change`),
    );
    assert.ok(names.every((name) => site.host(name).applied.length === 0));
  });

  it('reaches later plays when its scope is the run, and no other play when it is the play', async () => {
    const seen: unknown[] = [];
    const notes: Step<object> = ({ handOff }) => {
      handOff(table, ['a']);
      handOff(leader, 'h1');
      return () => [];
    };
    const reads: Step<object> = async ({ received }) => {
      seen.push(await received(table), await received(leader, () => 'nobody'));
      return () => [];
    };
    await new Site().run([{ roles: [role('noting', notes)()] }, { roles: [role('reading', reads)()] }]);
    assert.deepEqual(seen, [['a'], 'nobody']);
  });

  it('reaches the later batches of its play and its gates', async () => {
    const seen: string[] = [];
    const gate: Gate = {
      name: 'g',
      check: async ({ moment, received }) => {
        seen.push(`${moment} ${await received(leader, () => 'nobody')}`);
        return [];
      },
    };
    const names: Step<object> = async ({ hosts, handOff, received }) => {
      const before = await received(leader, () => 'nobody');
      handOff(leader, `${hosts[0]?.name} after ${before}`);
      return () => [];
    };
    await new Site().run([{ hosts: 'h1,h2', serial: 1, gates: [gate], roles: [role('r', names)()] }]);
    assert.deepEqual(seen, ['before nobody', 'between h1 after nobody', 'after h2 after h1 after nobody']);
  });

  it('can come from a gate', async () => {
    const gate: Gate = {
      name: 'g',
      at: ['before'],
      check: ({ handOff }) => {
        handOff(leader, 't1');
        return [];
      },
    };
    const site = settled('t1', 't2');
    const roles = [
      role('needing', needs)(),
      role('other', () => () => [thing({ name: 't2', value: 'new' })])(),
    ];
    const result = await site.run([{ gates: [gate], roles }]);
    assert.equal(result.exitCode, 0);
    assert.deepEqual(trips(result.hosts), [1, 1, 1], 'the look ahead has it');
  });

  it('does not come from the trial of a look ahead', async () => {
    // What changes in between: the trial sees `old`, the step itself `new`.
    const changing: Step<object> = () => () => [thing({ name: 'leader', value: 'new' })];
    const seen: string[] = [];
    const hears: Step<object> = async ({ received }) => {
      seen.push(await received(leader, () => 'nobody yet'));
      return () => [];
    };
    await new Site().run([{ roles: [role('giving', changing, hears, gives, hears)()] }]);
    // Trial: twice without waiting. Run: before it was handed on, and after.
    assert.deepEqual(seen, ['nobody yet', 'nobody yet', 'nobody yet', 'new']);
  });

  it('is found out again by a second run', async () => {
    const play = [{ roles: [role('giving', gives, needs)()] }];
    for (const value of ['t1', 't2']) {
      const site = settled(value);
      for (const name of names) site.host(name).values.set('leader', value);
      await site.run(play);
      assert.deepEqual([...new Set(site.of('task').map(({ task }) => task))], [value]);
    }
  });
});

describe('a step that needs what nobody has handed on', () => {
  it('fails, and names who was to do it', async () => {
    const site = new Site();
    const roles = [role('giving', gives)(), role('needing', needs)()];
    const result = await site.run([{ roles, tasks: things(1) }], { roles: ['needing'] });
    assert.equal(result.exitCode, 2);
    const [failure] = site.of('host-failed');
    assert.equal(failure?.error.what, 'nothing was handed on as "leader"');
    assert.match(failure?.error.why ?? '', /comes from the role giving/);
    assert.match(failure?.error.next ?? '', /--role, --tags or --limit/);
    assert.match(failure?.error.where ?? '', /role needing/);
  });

  it('can do something else instead', async () => {
    const site = settled('t1');
    const alone: Step<object> = async ({ received }) => {
      const name = await received(leader, () => 't1');
      return () => [thing({ name, value: 'new' })];
    };
    const result = await site.run([{ roles: [role('alone', alone)()] }]);
    assert.equal(result.exitCode, 0);
    assert.deepEqual([...new Set(site.of('task').map(({ task }) => task))], ['t1']);
  });

  it('says in a list of tasks that it depends on answers', async () => {
    const playbook = { plays: [{ name: 'p', hosts: 'web', roles: [role('giving', gives, needs)()] }] };
    const list = await listTasks(playbook, { inventory }, () => {});
    assert.deepEqual(list.split('\n'), [
      'play p (web)',
      '  role giving',
      '    (more tasks, laid out from what the hosts answer)',
    ]);
  });
});
