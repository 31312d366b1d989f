import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../lib/host/look.ts';
import type { Fact, Probe } from '../../lib/model/fact.ts';
import { defineHandoff } from '../../lib/model/handoff.ts';
import type { Layout, RoleHost, Step, StepContext } from '../../lib/model/role.ts';
import { defineTask, type Task } from '../../lib/model/task.ts';
import { Handoffs } from '../../lib/run/handoffs.ts';
import { type AheadStep, type Ask, lookAhead } from '../../lib/run/look-ahead.ts';
import type { RunResult } from '../../lib/run/run.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { knownHost } from '../known-host.ts';
import { names, role, Site } from './site.ts';
import { thing, things, thingType, thingValue } from './things.ts';

/** What a host holds under a name. */
function held(name: string, rest: Partial<Fact<string>> = {}): Fact<string> {
  return {
    name,
    script: sh`get ${name}`,
    parse: ({ code, stdout }) => {
      if (code !== 0) throw new Error(`no ${name}`);
      return stdout;
    },
    ...rest,
  };
}

/** A step that asks its hosts for a value and then wants a thing that is called after what it heard. */
const asking =
  (name: string, rest: Partial<Fact<string>> = {}): Step<object> =>
  async ({ hosts, query }) => {
    const found = await query(hosts, held(name, rest));
    return (host) => [thing({ name: `${name}-${found.get(host.name)}`, value: 'new' })];
  };

/** A site on which the values are as these steps want them. */
function settledSite(...values: readonly string[]): Site {
  const site = new Site();
  for (const name of names) for (const value of values) site.host(name).values.set(value, 'new');
  return site;
}

const statuses = (site: Site, host = 'h1') =>
  site
    .of('task')
    .filter((event) => event.host === host)
    .map(({ task, status }) => `${task} ${status}`);
const trips = ({ hosts }: RunResult) => names.map((name) => hosts[name]?.roundTrips);

describe('a play that looks ahead', () => {
  it('needs two round trips when nothing is to change, however many roles and steps it has', async () => {
    const site = settledSite('a-old', 'b-old', 'c-old', 't1', 't2', 't3');
    const roles = [
      role('one', asking('a'), asking('b'))(),
      role('two', asking('c'), () => () => things(2))(),
    ];
    const result = await site.run([{ roles, tasks: things(3) }]);
    assert.deepEqual(trips(result), [2, 2, 2]);
    assert.deepEqual(
      statuses(site),
      ['a-old', 'b-old', 'c-old', 't1', 't2', 't1', 't2', 't3'].map((task) => `${task} ok`),
    );
    // The questions, with the tasks that hang on none; then the other tasks. Each thing once.
    assert.deepEqual(site.host('h1').sent(0), [
      '0:get a',
      '1:get b',
      '2:get c',
      '3:get t1',
      '4:get t2',
      '5:get t3',
    ]);
    assert.deepEqual(site.host('h1').sent(1), ['0:get a-old', '1:get b-old', '2:get c-old']);
  });

  it('asks a single step nothing ahead', async () => {
    const site = settledSite('a-old');
    const result = await site.run([{ roles: [role('one', asking('a'))()] }]);
    assert.deepEqual(trips(result), [2, 2, 2]);
    assert.deepEqual(site.host('h1').sent(0), ['0:get a']);
  });

  it('builds on no answer from before a change', async () => {
    // Changing t1 anywhere changes what all hosts answer.
    const site = new Site((_, { id, code }) => {
      if (id === 'apply' && code.includes('put t1'))
        for (const host of site.hosts.values()) host.values.set('leader', 'h2').set('t9', 'spoiled');
      return undefined;
    });
    const seen: string[] = [];
    const changing: Step<object> =
      () =>
      ({ name }) =>
        name === 'h1' ? things(1) : [];
    const following: Step<object> = async ({ hosts, query }) => {
      const found = await query(hosts, held('leader'));
      seen.push([...found.values()].join());
      return () => [thing({ name: 't9', value: 'new' })];
    };
    const result = await site.run([{ roles: [role('one', changing)(), role('two', following)()] }]);
    assert.equal(result.exitCode, 0);
    // The first is the trial's.
    assert.deepEqual(seen, ['old,old,old', 'h2,h2,h2']);
    for (const name of names) {
      const [t9] = site.of('task').filter(({ host, task }) => host === name && task === 't9');
      assert.deepEqual(t9?.changes, [{ what: 'value', from: 'spoiled', to: 'new' }]);
    }
  });

  it('asks hosts again that were not changed themselves', async () => {
    const site = settledSite('a-old', 't2');
    const onFirst: Step<object> =
      () =>
      ({ name }) =>
        name === 'h1' ? things(1) : [];
    await site.run([{ roles: [role('one', onFirst)(), role('two', asking('a'))()] }]);
    const asked = site.host('h3').batches.filter(({ parts }) => parts.some(({ code }) => code === 'get a'));
    assert.equal(asked.length, 2);
  });

  it('probes nothing ahead that tags leave out', async () => {
    const site = settledSite('t1', 't2');
    const [one, two] = [
      thing({ name: 't1', value: 'new' }, { tags: ['yes'] }),
      thing({ name: 't2', value: 'new' }),
    ];
    const roles = [role('one', () => () => [one, two])()];
    const result = await site.run([{ roles, tasks: things(3) }], { tags: ['yes'] });
    assert.deepEqual(trips(result), [1, 1, 1]);
    assert.deepEqual(site.host('h1').sent(0), ['0:get t1']);
  });

  it('asks what handlers wait for as well', async () => {
    const notify = { name: 'restart', script: sh`do restart` };
    const site = settledSite('t1', 't2', 't3');
    const noting: Step<object> = () => () => [thing({ name: 't1', value: 'new' }, { notify })];
    const result = await site.run([{ roles: [role('one', noting)()], tasks: things(3) }]);
    assert.deepEqual(trips(result), [1, 1, 1]);
  });

  it('predicts in check mode what the run then does, and changes nothing', async () => {
    const site = settledSite('a-old', 't2');
    site.host('h2').values.set('a-old', 'odd');
    const play = {
      roles: [role('one', asking('a'))(), role('two', () => () => things(2))()],
      tasks: things(3),
    };
    const told = ({ tasks }: RunResult) =>
      tasks.map(({ host, task, status, changes }) => JSON.stringify([host, task, status, changes])).sort();
    const predicted = await site.run([play], { check: true });
    assert.deepEqual(site.host('h2').applied, []);
    assert.deepEqual(trips(predicted), [2, 2, 2]);
    assert.deepEqual(
      told(await site.run([play])),
      told(predicted)
        .map((text) => text.replace('would change', 'changed'))
        .sort(),
    );
  });

  it('lets a step hand on what it found, and keeps what its trial hands on to itself', async () => {
    const values = defineHandoff<readonly string[]>({
      name: 'values',
      from: 'the step before',
      scope: 'play',
    });
    const remembered: (readonly string[])[] = [];
    const learning: Step<object> = async ({ hosts, query, handOff, received }) => {
      const found = await query(hosts, held('a'));
      handOff(values, [...(await received(values, () => [])), ...found.values()]);
      return () => things(1);
    };
    const recalling: Step<object> = async ({ received }) => {
      const known = await received(values, () => []);
      if (known.length > 0) remembered.push(known);
      return () => [];
    };
    await new Site().run([{ roles: [role('one', learning, recalling)()] }]);
    assert.deepEqual(remembered, [['old', 'old', 'old']]);
  });

  describe('is not disturbed by a step that', () => {
    /** Runs a step between two others, which must be done as ever. */
    async function between(step: Step<object>, expected: readonly string[] = ['t1 changed']) {
      const site = settledSite('a-old', 'b-old');
      const roles = [role('one', asking('a'))(), role('odd', step)(), role('two', asking('b'))()];
      const result = await site.run([{ roles }]);
      assert.equal(result.exitCode, 0);
      assert.deepEqual(statuses(site), ['a-old ok', ...expected, 'b-old ok']);
      assert.deepEqual([site.of('host-failed'), site.of('unreachable')], [[], []]);
      return { site, result };
    }

    it('warns: it is said once', async () => {
      const { site } = await between(({ warn }) => {
        warn('mind the gap');
        return () => things(1);
      });
      assert.deepEqual(
        site.of('warning').map(({ text }) => text),
        ['mind the gap'],
      );
    });

    it('downloads: that is done once, in its turn', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ts-play-ahead-'));
      let downloads = 0;
      try {
        const { site } = await between(async ({ download }) => {
          await download({ name: 'h1' }, '/f', join(folder, 'f'));
          downloads += 1;
          return () => things(1);
        });
        assert.equal(downloads, 1);
        assert.equal(site.host('h1').commands.filter((command) => command.includes('cat -- /f')).length, 1);
        assert.deepEqual(site.of('warning'), []);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('asks for what changes by itself: it gets an answer of its own turn', async () => {
      let now = 0;
      const seen: string[] = [];
      const site = new Site((name, { code }) => {
        if (name !== 'h1' || code !== 'get clock') return undefined;
        now += 1;
        return String(now);
      });
      const looking: Step<object> = async ({ query }) => {
        const told = await query([{ name: 'h1' }], held('clock', { fresh: true }));
        seen.push(told.get('h1') ?? '');
        return () => [];
      };
      await site.run([{ roles: [role('one', looking)(), role('two', looking)()] }]);
      assert.deepEqual(seen, ['1', '2']);
    });

    it('asks without end until it hears something else', async () => {
      let rounds = 0;
      await between(async ({ hosts, query }) => {
        for (;;) {
          rounds += 1;
          const found = await query(hosts, held('a', { fresh: rounds > 20 }));
          if (rounds > 30) return () => things([...found].length === 3 ? 1 : 2);
        }
      });
      assert.ok(rounds < 50);
    });

    it('takes every error for a reason to ask again', async () => {
      let tries = 0;
      await between(async ({ hosts, query }) => {
        // In its turn the first question is answered. Were it refused ahead, this would never end.
        for (;;) {
          tries += 1;
          try {
            await query(hosts, held('a', { fresh: true }));
            return () => things(1);
          } catch {
            if (tries > 1_000_000) throw new Error('asked in vain');
          }
        }
      });
      assert.equal(tries, 2);
    });

    it('asks several things before it listens', async () => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      try {
        await between(async ({ hosts, query }) => {
          const early = query(hosts, held('a'));
          const late = query(hosts, held('b', { fresh: true }));
          await early;
          await sleep(5);
          await late;
          return () => things(1);
        });
        await sleep(10);
      } finally {
        process.off('unhandledRejection', note);
      }
      assert.deepEqual(unhandled, []);
    });

    it('does something else for a while, and goes on when its trial is long over', async () => {
      let calls = 0;
      const { site, result } = await between(async ({ hosts, query }) => {
        calls += 1;
        await sleep(calls === 1 ? 40 : 80);
        await query(hosts, held('x'));
        return () => things(1);
      });
      assert.equal(calls, 2);
      const asked = site
        .host('h1')
        .batches.flatMap(({ parts }) => parts.filter(({ code }) => code === 'get x'));
      assert.equal(asked.length, 1, 'the trial asked when the run was under way');
      assert.deepEqual(trips(result), [7, 7, 7]);
    });

    it('throws in a trial only, since nothing of the step before is there yet', async () => {
      let calls = 0;
      await between(() => {
        calls += 1;
        if (calls === 1) throw new Error('too early');
        return () => things(1);
      });
      assert.equal(calls, 2);
    });

    it('lays out in a trial what it can not', async () => {
      let calls = 0;
      await between(() => () => {
        calls += 1;
        if (calls === 1) throw new Error('too early');
        return things(1);
      });
    });
  });

  it('tells once of a step that throws', async () => {
    const site = new Site();
    const broken: Step<object> = () => {
      throw new Error('can not lay out');
    };
    const result = await site.run([{ roles: [role('one', () => () => things(1))(), role('two', broken)()] }]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(
      site.of('host-failed').map(({ host, error }) => [host, error.what]),
      names.map((name) => [name, 'can not lay out']),
    );
    assert.deepEqual(statuses(site), ['t1 changed']);
  });

  it('tells once of an answer that makes no sense', async () => {
    const site = new Site((name, { code }) => (name === 'h2' && code === 'get a' ? { code: 1 } : undefined));
    const result = await site.run([{ roles: [role('one', asking('a'), asking('a'))()] }]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(
      site.of('host-failed').map(({ host, error }) => [host, error.what]),
      [['h2', 'no a']],
    );
  });

  it('tells once of a host that can not be reached, or gets lost in the look', async () => {
    const roles = [role('one', asking('a'))(), role('two', asking('b'))()];
    for (const site of [
      new Site(undefined, ['h2']),
      new Site((name) => (name === 'h2' ? 'LOSE' : undefined)),
    ]) {
      const result = await site.run([{ roles }]);
      assert.equal(result.exitCode, 4);
      assert.deepEqual(
        site.of('unreachable').map(({ host }) => host),
        ['h2'],
      );
      assert.deepEqual(site.of('host-failed'), []);
      assert.deepEqual(statuses(site), ['a-old changed', 'b-old changed']);
    }
  });

  it('asks a host outside of the play, and does without it', async () => {
    const seen: string[] = [];
    const outside: Step<object> = async ({ group, query }) => {
      const found = await query(group('rest'), held('a'));
      seen.push([...found].join());
      return () => things(1);
    };
    const roles = [role('one', outside)(), role('two', () => () => things(2))()];
    const reached = await new Site().run([{ roles }]);
    assert.deepEqual(seen, ['h9,old', 'h9,old']);
    const site = new Site(undefined, ['h9']);
    const result = await site.run([{ roles }]);
    for (const { exitCode, hosts } of [reached, result])
      assert.deepEqual([exitCode, Object.keys(hosts)], [0, names]);
    assert.equal(seen.at(-1), '');
    assert.deepEqual(site.of('unreachable'), []);
    assert.equal(site.connected.filter((name) => name === 'h9').length, 1);
  });

  it('is cut short by a script that takes too long, which is asked again in its turn', async () => {
    let hung = false;
    const site = new Site((name, { code }) => {
      if (name !== 'h1' || code !== 'get slow' || hung) return undefined;
      hung = true;
      return 'HANG';
    });
    const result = await site.run([{ roles: [role('one', asking('slow'))(), role('two', asking('b'))()] }]);
    assert.equal(result.exitCode, 0);
    assert.ok(hung);
    assert.deepEqual(statuses(site), ['slow-old changed', 'b-old changed']);
    const limits = site.host('h1').batches.map(({ limit }) => limit);
    assert.ok((limits[0] ?? 60) <= 5 && (limits[1] ?? 0) >= 30, limits.join());
  });

  it('ends when it is interrupted', async () => {
    for (const roles of [
      [role('one', asking('a'))(), role('two', asking('b'))()],
      [role('one', () => () => things(1))(), role('two', () => () => things(2))()],
    ]) {
      const abort = new AbortController();
      const site = new Site(() => {
        abort.abort(new Error('enough'));
        return undefined;
      });
      const result = await site.run([{ roles }], { signal: abort.signal });
      assert.equal(result.exitCode, 130);
      assert.deepEqual([site.of('task'), site.of('host-failed'), site.of('unreachable')], [[], [], []]);
      for (const host of site.hosts.values()) assert.deepEqual(host.applied, []);
    }
  });

  it('shows no secret that it asked with or was told', async () => {
    const password = 'hunter22-of-this-run';
    const login: Fact<string> = {
      ...held('login'),
      script: sh`get login ${secret(password)}`,
      parse: ({ stdout }) => stdout,
    };
    const leaky = defineTask({
      ...thingType,
      fact: ({ name }) => thingValue(name, sh`get ${name} # ${secret(password)}`),
      diff: (state: string) => [{ what: 'value', from: state, to: password }],
    });
    const telling: Step<object> = async ({ hosts, query, warn }) => {
      const found = await query(hosts, login);
      warn(`they say ${[...found.values()].join()}`);
      return () => [leaky({ name: 'x', value: '' }, { title: `set ${password}` })];
    };
    const site = new Site((_, { id }) =>
      id === 'apply' ? { code: 1, stderr: password } : `saw ${password}`,
    );
    const result = await site.run([{ roles: [role('one', telling)(), role('two', telling)()] }]);
    assert.ok(site.of('warning').some(({ text }) => text.includes('saw ***')));
    assert.ok(site.of('task').some(({ task }) => task === 'set ***'));
    assert.doesNotMatch(JSON.stringify([site.events, result]), /hunter22/);
  });
});

describe('lookAhead', () => {
  const hosts: readonly RoleHost<Record<string, unknown>>[] = ['h1', 'h2'].map((name) => ({
    ...knownHost(name),
    vars: {},
  }));
  const step = (act: AheadStep['step'], rest: Partial<AheadStep> = {}): AheadStep => ({
    step: act,
    view: {
      hosts: () => hosts,
      playHosts: hosts,
      check: false,
      cacheDir: '/nowhere',
      group: () => [],
    },
    probes: (layout) => new Map(hosts.map((host) => [host.name, layout(host).map(({ probe }) => probe)])),
    ...rest,
  });
  const ahead = (steps: readonly AheadStep[], ask: Ask, before = new Handoffs()) =>
    lookAhead(steps, ask, before);
  const laid =
    (...tasks: readonly Task[]): Layout<Record<string, unknown>> =>
    () =>
      tasks;
  /** Answers everything with its own script, and keeps what was asked. */
  function answering(answer: (script: string) => Answer = (stdout) => ({ code: 0, stdout, stderr: '' })) {
    const looks: string[] = [];
    const ask = async (host: string, probes: readonly Probe[]) => {
      const scripts = probes.map(({ script }) => String(script));
      looks.push(`${host}: ${scripts.join('; ')}`);
      return scripts.map(answer);
    };
    return { looks, ask };
  }

  it('asks each host once a round: questions, those that build on them, tasks', async () => {
    const { looks, ask } = answering();
    const deep = step(async ({ query }: StepContext<unknown>) => {
      const first = await query([{ name: 'h1' }], held('a'));
      const second = await query([{ name: 'h2' }], held(`after ${first.get('h1')}`));
      return laid(thing({ name: `${second.get('h2')}`, value: '' }));
    });
    await ahead([step(() => laid(...things(1))), deep, step(() => laid(...things(2)))], ask);
    assert.deepEqual(looks, [
      'h1: get t1; get a; get t1; get t2'.replace('get t1; get a', 'get a; get t1'),
      'h2: get t1; get t1; get t2',
      "h2: get 'after get a'",
      `h1: get 'get '\\''after get a'\\'''`,
      `h2: get 'get '\\''after get a'\\'''`,
    ]);
  });

  it('ends after some rounds, however much a step wants to know', async () => {
    const { looks, ask } = answering();
    let rounds = 0;
    const endless = step(async ({ query }) => {
      for (;;) {
        rounds += 1;
        await query([{ name: 'h1' }], held(`q${rounds}`));
      }
    });
    await ahead([endless], ask);
    await sleep(5);
    assert.deepEqual(looks, ['h1: get q1', 'h1: get q2', 'h1: get q3']);
    assert.equal(rounds, 4);
  });

  it('does without what is not answered, in time or in sense', async () => {
    for (const answer of ['timeout', 'died', undefined, { code: 1, stdout: '', stderr: '' }] as const) {
      const { looks, ask } = answering((script) =>
        script === 'get a' ? answer : { code: 0, stdout: 'b', stderr: '' },
      );
      let after = 0;
      const stuck = step(async ({ query }) => {
        await query(hosts, held('a'));
        after += 1;
        return laid(...things(1));
      });
      await ahead(
        [
          stuck,
          step(async ({ query }) =>
            laid(thing({ name: [...(await query(hosts, held('b')))].join(), value: '' })),
          ),
        ],
        ask,
      );
      assert.equal(after, 0);
      assert.equal(looks.length, 4, looks.join('\n'));
    }
  });

  it('waits for what another step hands on', async () => {
    const { looks, ask } = answering();
    const name = defineHandoff<string>({ name: 'n', from: 'the other', scope: 'play' });
    const needs = step(async ({ received }) => laid(thing({ name: await received(name), value: '' })));
    const gives = step(async ({ query, handOff }) => {
      handOff(name, `${(await query([{ name: 'h1' }], held('a'))).get('h1')}!`);
      return laid();
    });
    const before = new Handoffs();
    await ahead([needs, gives], ask, before);
    assert.deepEqual(looks, ['h1: get a', "h1: get 'get a!'", "h2: get 'get a!'"]);
    assert.equal(before.has(name), false, 'it stays in the trial');
  });

  it('outlives a look that fails', async () => {
    const ask = () => Promise.reject(new Error('gone'));
    await ahead(
      [
        step(() => laid(...things(1))),
        step(async ({ query }) => laid(...things((await query(hosts, held('a'))).size))),
      ],
      ask,
    );
  });

  it('does not wait for a step that waits for something else', async () => {
    const { looks, ask } = answering();
    const started = performance.now();
    await ahead([step(() => new Promise(() => {})), step(() => laid(...things(1)))], ask);
    assert.ok(performance.now() - started < 1000);
    assert.deepEqual(looks, ['h1: get t1', 'h2: get t1']);
  });
});
