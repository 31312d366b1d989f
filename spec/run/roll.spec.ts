import assert from 'node:assert/strict';
import type { Gate, GateContext } from '../../lib/model/gate.ts';
import { sh } from '../../lib/util/sh.ts';
import { role, Site } from './site.ts';
import { deed, thing } from './things.ts';

const asked = (log: string[], reasons: (context: GateContext) => readonly string[] = () => []): Gate => ({
  name: 'g',
  check(context) {
    log.push(`${context.moment} ${context.next.map(({ name }) => name).join()}`);
    return reasons(context);
  },
});

describe('a roll', () => {
  const tasks = [thing({ name: 't', value: 'new' })];

  it('asks its gates before, between and after batches, each told who is next', async () => {
    const log: string[] = [];
    const site = new Site();
    const result = await site.run([{ serial: 1, gates: [asked(log)], tasks }]);
    assert.equal(result.exitCode, 0);
    assert.deepEqual(log, ['before h1', 'between h2', 'between h3', 'after ']);
    assert.deepEqual(
      site.of('gate').map(({ moment }) => moment),
      ['before', 'between', 'between', 'after'],
    );
  });

  it('touches nothing when a gate does not hold at first, nor runs a later play', async () => {
    const site = new Site();
    const result = await site.run([{ gates: [asked([], () => ['no'])], tasks }, { tasks }]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(result.tasks, []);
    assert.match(site.of('warning')[0]?.text ?? '', /a gate does not hold; not touched: h1, h2, h3/);
    assert.deepEqual(
      site.of('play').map(({ play }) => play),
      ['p1'],
    );
  });

  it('stops at once between batches, and says why', async () => {
    const site = new Site();
    const gate = asked([], ({ moment }) => (moment === 'between' ? ['a partition', 'an alarm'] : []));
    const result = await site.run([{ serial: 1, gates: [gate], tasks }, { tasks }]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(new Set(result.tasks.map(({ host }) => host)), new Set(['h1']));
    assert.deepEqual(site.of('gate').at(-1)?.reasons, ['a partition', 'an alarm']);
  });

  it('fails when a gate does not hold at the end', async () => {
    const gate = asked([], ({ moment }) => (moment === 'after' ? ['no'] : []));
    assert.equal((await new Site().run([{ gates: [gate], tasks }])).exitCode, 2);
  });

  it('asks only at the moments a gate is for, and takes one that throws for one that does not hold', async () => {
    const log: string[] = [];
    const site = new Site();
    const broken: Gate = {
      name: 'broken',
      at: ['after'],
      check: () => {
        throw new Error('no idea');
      },
    };
    const result = await site.run([{ gates: [{ ...asked(log), at: ['before'] }, broken], tasks }]);
    assert.deepEqual(log, ['before h1,h2,h3']);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(site.of('gate').at(-1)?.reasons, ['no idea']);
  });

  it('gives a gate the time it is allowed', async () => {
    let count = 0;
    const slow = {
      ...asked([], () => {
        count += 1;
        return count < 2 ? ['not yet'] : [];
      }),
      within: 10,
      at: ['before' as const],
    };
    const result = await new Site().run([{ gates: [slow], tasks }]);
    assert.equal(result.exitCode, 0);
    assert.equal(count, 2);
  }).timeout(8000);

  it('lets gates ask hosts; one that is silent is missing', async () => {
    const seen: string[][] = [];
    const gate: Gate = {
      name: 'g',
      at: ['before'],
      async check({ query, playHosts }) {
        const question = { name: 'q', script: sh`get x`, parse: ({ stdout }: { stdout: string }) => stdout };
        seen.push([...(await query(playHosts, question))].map(([host, value]) => `${host} ${value}`));
        return [];
      },
    };
    await new Site(undefined, ['h2']).run([{ gates: [gate], tasks }]);
    assert.deepEqual(seen, [['h1 old', 'h3 old']]);
  });

  it('asks the first time only in check mode, and predicts the refusal', async () => {
    const log: string[] = [];
    await new Site().run([{ serial: 1, gates: [asked(log)], tasks }], { check: true });
    assert.deepEqual(log, ['before h1']);
    const refused = await new Site().run([{ gates: [asked([], () => ['no'])], tasks }], { check: true });
    assert.equal(refused.exitCode, 2);
  });

  it('undoes on all hosts of the batch what it began when one of them fails', async () => {
    const site = new Site((host, { id }) =>
      host === 'h2' && id === 'apply' && !site.done ? fail(site) : undefined,
    ) as Site & {
      done?: boolean;
    };
    const result = await site.run([{ serial: 2, tasks, undo: [deed({ name: 'undo' })] }]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(site.host('h1').done, ['undo']);
    assert.deepEqual(site.host('h2').done, ['undo']);
    assert.deepEqual(site.host('h3').batches, []);
    assert.match(site.of('warning')[0]?.text ?? '', /h2 failed; not touched: h3/);
  });

  it('undoes it whole, also when a role or tags were asked for', async () => {
    for (const options of [{ roles: ['r'] }, { tags: ['some'] }, { skipTags: ['untagged'] }]) {
      const site = new Site((_, { code }) =>
        code.includes('do begin') ? { code: 1, stderr: 'no' } : undefined,
      );
      const begin = role('r', () => () => [deed({ name: 'begin' }, { tags: ['some'] })]);
      const result = await site.run(
        [{ hosts: 'h1', roles: [begin()], undo: [deed({ name: 'undo' })] }],
        options,
      );
      assert.equal(result.exitCode, 2);
      assert.deepEqual(site.host('h1').done, ['undo'], JSON.stringify(options));
    }
  });

  it('leaves a failed host aside in later plays, but for those that are always for all', async () => {
    const site = new Site((host, { id }) => (host === 'h2' && id === 'apply' ? { code: 1 } : undefined));
    const later = thing({ name: 'later', value: 'old' });
    const result = await site.run([
      { tasks },
      { tasks: [later] },
      { always: true, tasks: [later] },
      { tasks: [later] },
    ]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(
      site.of('play').map(({ hosts }) => hosts.join()),
      ['h1,h2,h3', 'h1,h3', 'h1,h2,h3', 'h1,h3'],
    );
  });

  describe('in which any error is fatal', () => {
    const failing = () =>
      new Site((host, { id }) => (host === 'h2' && id === 'apply' ? { code: 1 } : undefined));
    const played = (site: Site) => site.of('play').map(({ play, hosts }) => `${play} ${hosts.join()}`);

    it('ends the run after the play in which a host failed, and says what is not begun', async () => {
      const site = failing();
      const fatal = { tasks, anyErrorsFatal: true };
      const result = await site.run([fatal, { tasks }, { always: true, tasks }, { tasks }]);
      assert.equal(result.exitCode, 2);
      assert.deepEqual(played(site), ['p1 h1,h2,h3', 'p3 h1,h2,h3']);
      // The others are through with the play that they had begun.
      assert.equal(site.host('h3').values.get('t'), 'new');
      assert.match(site.of('warning')[0]?.text ?? '', /the run ends with play "p1"; not begun: p2, p4$/);
    });

    it('ends it in the middle of a roll, too', async () => {
      const site = failing();
      await site.run([{ tasks, serial: 1, anyErrorsFatal: true }, { tasks }]);
      assert.deepEqual(played(site), ['p1 h1,h2,h3']);
      assert.equal(site.host('h1').values.get('t'), 'new');
      assert.deepEqual(site.host('h3').batches, []);
    });

    it('goes on without a host that was never reached, and where all went well', async () => {
      const site = new Site(undefined, ['h2']);
      await site.run([{ tasks, anyErrorsFatal: true }, { tasks }]);
      assert.deepEqual(played(site), ['p1 h1,h2,h3', 'p2 h1,h3']);
      const well = new Site();
      await well.run([{ tasks, anyErrorsFatal: true }, { tasks }]);
      assert.deepEqual(played(well), ['p1 h1,h2,h3', 'p2 h1,h2,h3']);
    });
  });

  it('undoes nothing when all goes well', async () => {
    const site = new Site();
    await site.run([{ tasks, undo: [deed({ name: 'undo' })] }]);
    assert.deepEqual(site.host('h1').done, []);
  });
});

function fail(site: { done?: boolean }) {
  site.done = true;
  return { code: 1, stderr: 'no' };
}

describe('a task on another host', () => {
  it('asks and changes that one, in the order of its own host, and counts for its own', async () => {
    const site = new Site();
    const result = await site.run([
      {
        serial: 1,
        hosts: 'h2',
        tasks: [
          thing({ name: 'a', value: 'new' }),
          thing({ name: 'b', value: 'new' }, { on: 'h9' }),
          thing({ name: 'c', value: 'new' }),
        ],
      },
    ]);
    assert.equal(site.host('h9').values.get('b'), 'new');
    assert.equal(site.host('h2').values.get('b'), undefined);
    assert.equal(result.hosts['h2']?.changed, 3);
    assert.equal(result.hosts['h9']?.changed ?? 0, 0);
    assert.deepEqual(
      result.tasks.map(({ task }) => task),
      ['a', 'b (on h9)', 'c'],
    );
    assert.deepEqual(
      (await site.run([{ hosts: 'h2', tasks: [thing({ name: 'b', value: 'new' }, { on: 'h9' })] }])).hosts[
        'h2'
      ]?.changed,
      0,
    );
  });

  it('is refused for two hosts that want it differently there', async () => {
    const site = new Site();
    const result = await site.run([
      { hosts: 'web', tasks: ({ name }) => [thing({ name: 'x', value: name }, { on: 'h9' })] },
    ]);
    assert.equal(result.exitCode, 2);
    assert.match(JSON.stringify(site.of('host-failed')), /two tasks want thing x differently/);
  });

  it('fails its own host when the other can not be reached, or is none of the inventory', async () => {
    const lost = new Site(undefined, ['h9']);
    const result = await lost.run([
      { hosts: 'h1', tasks: [thing({ name: 'x', value: 'new' }, { on: 'h9' })] },
    ]);
    assert.ok([2, 4].includes(result.exitCode));
    const unknown = await new Site().run([
      { hosts: 'h1', tasks: [thing({ name: 'x', value: 'n' }, { on: 'h77' })] },
    ]);
    assert.equal(unknown.exitCode, 2);
  });

  it('may not notify', () => {
    const handler = { name: 'h', script: sh`:` };
    assert.throws(() => thing({ name: 'x', value: 'v' }, { on: 'h1', notify: handler }), /can't notify/);
  });
});

describe('a task that is there once', () => {
  it("is the play's first host's, whatever the batches", async () => {
    for (const serial of [undefined, 1, 2]) {
      const site = new Site();
      await site.run([
        {
          ...(serial ? { serial } : {}),
          tasks: [deed({ name: 'd' })].map(() => deed({ name: 'd' }, { once: true })),
        },
      ]);
      assert.deepEqual(
        ['h1', 'h2', 'h3'].map((host) => site.host(host).done.length),
        [1, 0, 0],
      );
    }
  });

  it('goes to the next one when the first is lost before', async () => {
    const site = new Site(undefined, ['h1']);
    await site.run([{ tasks: [deed({ name: 'd' }, { once: true })] }]);
    assert.deepEqual(site.host('h2').done, ['d']);
    assert.deepEqual(site.host('h3').done, []);
  });
});
