import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseInventory } from '../../lib/inventory/load.ts';
import type { Step } from '../../lib/model/role.ts';
import { defineTask, type Task } from '../../lib/model/task.ts';
import type { RunResult } from '../../lib/run/run.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { names, role, Site, type Spoil } from './site.ts';
import { deed, thing, things, thingType } from './things.ts';

const failingOn =
  (host: string, verb = 'put t1'): Spoil =>
  (name, { id, code }) =>
    name === host && id === 'apply' && code.includes(verb) ? { code: 1, stderr: 'broken' } : undefined;

/** Without the line of this file that threw. */
const withoutPlace = (where: string | undefined) => where?.replace(/, \S*run\.spec\.[jt]s:\d+:\d+$/, '');

describe('run', () => {
  it('gives what the recap says', async () => {
    const site = new Site();
    site.host('h2').values.set('t1', 'new');
    const result = await site.run([{ tasks: things(2) }]);
    const [recap] = site.of('recap');
    assert.equal(site.events.at(-1), recap);
    assert.deepEqual(
      { exitCode: recap?.exitCode, durationMs: recap?.durationMs, hosts: recap?.hosts },
      { exitCode: result.exitCode, durationMs: result.durationMs, hosts: result.hosts },
    );
    const none = { failed: 0, unknown: 0, unreachable: 0, skipped: 0 };
    assert.deepEqual(result.hosts, {
      h1: { ...none, ok: 0, changed: 2, roundTrips: 3 },
      h2: { ...none, ok: 1, changed: 1, roundTrips: 2 },
      h3: { ...none, ok: 0, changed: 2, roundTrips: 3 },
    });
    assert.equal(result.exitCode, 0);
    assert.deepEqual(result.interrupted, []);
    assert.deepEqual(result.tasks, site.of('task'));
    assert.ok(
      [...site.hosts.values()].every(({ closed }) => closed),
      'a connection was left open',
    );
  });

  it('tells a second run that nothing is left to do', async () => {
    const site = new Site();
    await site.run([{ tasks: things(5) }]);
    const { hosts } = await site.run([{ tasks: things(5) }]);
    for (const { ok, changed, roundTrips } of Object.values(hosts))
      assert.deepEqual([ok, changed, roundTrips], [5, 0, 1]);
  });

  it('numbers tasks once in a run, over plays and batches', async () => {
    const site = new Site();
    await site.run([
      { name: 'same', serial: 1, tasks: things(2) },
      { name: 'same', tasks: things(2) },
    ]);
    const ids = site.of('task').map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  describe('hosts that fail', () => {
    it('leave; the others go on; exit 2', async () => {
      const site = new Site(failingOn('h2'));
      const result = await site.run([{ tasks: things(2) }, { tasks: [deed({ name: 'later' })] }]);
      assert.equal(result.exitCode, 2);
      assert.deepEqual(
        Object.values(result.hosts).map(({ changed, failed, skipped }) => [changed, failed, skipped]),
        [
          [3, 0, 0],
          [0, 1, 1],
          [3, 0, 0],
        ],
      );
      assert.deepEqual(
        site.of('play').map(({ hosts }) => hosts),
        [names, ['h1', 'h3']],
      );
      assert.deepEqual(site.host('h2').done, []);
    });

    it('that can not be reached leave; the others finish; exit 4, also when others fail', async () => {
      const site = new Site(failingOn('h3'), ['h1']);
      const result = await site.run([{ tasks: things(1) }]);
      assert.equal(result.exitCode, 4);
      assert.deepEqual(
        Object.values(result.hosts).map(({ changed, failed, unreachable }) => [changed, failed, unreachable]),
        [
          [0, 0, 1],
          [1, 0, 0],
          [0, 1, 0],
        ],
      );
      assert.deepEqual(
        site.of('unreachable').map(({ host, error }) => [host, error.what]),
        [['h1', 'no route']],
      );
      assert.equal(site.connected.filter((name) => name === 'h1').length, 1);
    });

    it('that are lost in the middle of a change: what was in flight is told, and that its effect is unknown', async () => {
      const site = new Site((name, { id, code }) =>
        name === 'h2' && id === 'apply' && code.includes('put t2') ? 'LOSE' : undefined,
      );
      const result = await site.run([{ tasks: things(3) }]);
      assert.equal(result.exitCode, 4);
      assert.deepEqual(
        result.interrupted.map(({ host, task }) => [host, task]),
        [['h2', 't2']],
      );
      assert.deepEqual(site.of('recap')[0]?.interrupted, result.interrupted);
      const [lost] = site.of('unreachable');
      assert.match(lost?.error.why ?? '', /"t2" was being applied: whether it took effect.*not known/);
      assert.match(lost?.error.where ?? '', /task "t2"/);
      assert.equal(result.hosts['h2']?.changed, 1);
      assert.equal(result.hosts['h3']?.changed, 3);
    });
  });

  describe('serial', () => {
    it('works batch after batch', async () => {
      const site = new Site();
      await site.run([{ serial: 1, tasks: things(1) }]);
      assert.deepEqual(
        site.of('task').map(({ host }) => host),
        names,
      );
      assert.deepEqual(site.connected, names);
    });

    it('stops the roll at a failed host and says who is left', async () => {
      const site = new Site(failingOn('h2'));
      const result = await site.run([{ name: 'roll', serial: 1, tasks: things(1) }]);
      assert.equal(result.exitCode, 2);
      assert.deepEqual(site.connected, ['h1', 'h2']);
      assert.deepEqual(
        site.of('warning').map(({ text }) => text),
        ['the roll of "roll" stops here: h2 failed; not touched: h3'],
      );
    });

    it('stops it at an unreachable one too', async () => {
      const site = new Site(undefined, ['h1']);
      await site.run([{ serial: [1, 2], tasks: things(1) }]);
      assert.deepEqual(site.connected, ['h1']);
    });
  });

  describe('interrupted', () => {
    it('says what was in flight; exit 130', async () => {
      const abort = new AbortController();
      const site = new Site(async (name, { id, code }) => {
        if (name !== 'h2' || id !== 'apply' || !code.includes('put t2')) return undefined;
        setTimeout(() => abort.abort(new Error('ctrl-c')), 20);
        return 'STALL';
      });
      const result = await site.run([{ tasks: things(3) }, { tasks: things(1) }], { signal: abort.signal });
      assert.equal(result.exitCode, 130);
      assert.deepEqual(
        result.interrupted.map(({ host, task }) => [host, task]),
        [['h2', 't2']],
      );
      const recap = site.of('recap')[0];
      assert.deepEqual(recap?.interrupted, result.interrupted);
      assert.deepEqual(site.events.at(-1), recap);
      assert.deepEqual(
        site.of('task').filter(({ status }) => status === 'failed'),
        [],
      );
      assert.equal(result.hosts['h2']?.failed, 0);
      assert.equal(site.of('play').length, 1);
      assert.ok([...site.hosts.values()].every(({ closed }) => closed));
    });

    it('by an error of ours is stopped: it comes before the recap, which has its exit code', async () => {
      const abort = new AbortController();
      const stop = (kind: 'input' | 'failed') =>
        new PlayError({ kind, what: 'enough', why: 'of open-sesame', cause: new Error('thrown') });
      const stopping = role('r', () => {
        abort.abort(stop('input'));
        return () => things(1);
      });
      const hidden = stopping({ r_password: secret('open-sesame') });
      const site = new Site();
      const result = await site.run([{ roles: [hidden] }, { tasks: things(1) }], { signal: abort.signal });
      assert.equal(result.exitCode, 1);
      const [error, recap] = site.events.slice(-2);
      assert.deepEqual(error, { type: 'error', error: { kind: 'input', what: 'enough', why: 'of ***' } });
      assert.ok(recap?.type === 'recap');
      assert.deepEqual([recap.exitCode, recap.interrupted], [1, []]);
      assert.equal(site.of('play').length, 1);
      const failed = await new Site().run([{ tasks: things(1) }], {
        signal: AbortSignal.abort(stop('failed')),
      });
      assert.equal(failed.exitCode, 250);
    });

    it('does not wait for a step that never ends', async () => {
      const abort = new AbortController();
      const forever = role('r', () => new Promise(() => {}));
      setTimeout(() => abort.abort(new Error('ctrl-c')), 20);
      const site = new Site();
      const result = await site.run([{ roles: [forever()] }], { signal: abort.signal });
      assert.equal(result.exitCode, 130);
      assert.ok([...site.hosts.values()].every(({ closed }) => closed));
    });

    it('before it began contacts nobody', async () => {
      const site = new Site();
      const result = await site.run([{ tasks: things(1) }], { signal: AbortSignal.abort() });
      assert.equal(result.exitCode, 130);
      assert.deepEqual([site.connected, site.of('recap')[0]?.interrupted], [[], []]);
    });

    it('while connecting ends at once', async () => {
      const abort = new AbortController();
      const site = new Site();
      setTimeout(() => abort.abort(new Error('x')), 20);
      const result = await site.run([{ tasks: things(1) }], {
        signal: abort.signal,
        connect: (_, signal) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      });
      assert.equal(result.exitCode, 130);
      assert.deepEqual(site.of('unreachable'), []);
    });
  });

  describe('steps', () => {
    const question = (name: string, fresh = false) => ({
      name,
      script: sh`get ${name}`,
      fresh,
      parse: ({ code, stdout }: { code: number; stdout: string }) => {
        if (code !== 0) throw new Error(`no ${name}`);
        return stdout;
      },
    });

    it('ask before tasks are laid out; all hosts end one before the next begins', async () => {
      const order: string[] = [];
      const two = role(
        'two',
        async ({ hosts, query }) => {
          const found = await query(hosts, question('x'));
          return ({ name }) => [thing({ name: `saw-${found.get(name)}`, value: 'new' })];
        },
        () =>
          ({ name }) => {
            order.push(name);
            return [];
          },
      );
      // The look ahead lays out as well, before anything is done.
      const ahead = names;
      const site = new Site(async (name, { id }) => {
        if (id === 'apply') {
          await sleep(name === 'h1' ? 40 : 1);
          order.push(`${name} applied`);
        }
        return undefined;
      });
      await site.run([{ roles: [two()] }]);
      assert.deepEqual(order.slice(0, 3), ahead);
      assert.deepEqual(order.slice(3, 6).sort(), ['h1 applied', 'h2 applied', 'h3 applied']);
      assert.deepEqual(order.slice(6), names);
      assert.equal(site.of('task')[0]?.task, 'saw-old');
    });

    it('reuse answers until something is changed anywhere; fresh questions are always asked', async () => {
      const asking =
        (fresh: boolean): Step<object> =>
        async ({ hosts, query }) => {
          await query(hosts, question('x', fresh));
          return () => [];
        };
      const changing: Step<object> =
        () =>
        ({ name }) =>
          name === 'h1' ? [deed({ name: 'd' })] : [];
      const trips = async (...steps: Step<object>[]) => {
        const { hosts } = await new Site().run([{ roles: [role('r', ...steps)()] }]);
        return [hosts['h1']?.roundTrips, hosts['h2']?.roundTrips];
      };
      assert.deepEqual(await trips(asking(false), asking(false), asking(false)), [1, 1]);
      assert.deepEqual(await trips(asking(false), asking(true), asking(true)), [3, 3]);
      // h1: ask and look at the deed, do it, ask again. h2 has nothing to do and is asked again all the same.
      assert.deepEqual(await trips(asking(false), changing, asking(false)), [3, 2]);
    });

    it('that throw take every host of the play out, and nothing of it is done', async () => {
      const site = new Site();
      const broken = role('broken', () => {
        throw new Error('can not lay out');
      });
      const result = await site.run([{ roles: [broken()], tasks: things(1) }]);
      assert.equal(result.exitCode, 2);
      assert.deepEqual(
        site.of('host-failed').map(({ host, error }) => [host, error.what, withoutPlace(error.where)]),
        names.map((name) => [name, 'can not lay out', 'role broken']),
      );
      assert.deepEqual(site.of('task'), []);
    });

    it('that throw for one host take only that one out', async () => {
      const site = new Site();
      const picky = role('picky', () => ({ name }) => {
        if (name === 'h2') throw new Error('not me');
        return things(1);
      });
      const result = await site.run([{ roles: [picky()] }]);
      assert.equal(result.exitCode, 2);
      assert.deepEqual(
        site.of('host-failed').map(({ host }) => host),
        ['h2'],
      );
      assert.deepEqual(
        site
          .of('task')
          .map(({ host }) => host)
          .sort(),
        ['h1', 'h3'],
      );
    });

    it('lose hosts of the play that can not answer, not hosts outside it', async () => {
      const seen: unknown[] = [];
      const asking = role('asking', async ({ hosts, group, query }) => {
        const found = await query([...hosts, ...group('rest')], question('x'));
        seen.push([...found.keys()]);
        return () => things(1);
      });
      const site = new Site(
        (name, { code }) => (name === 'h2' && code === 'get x' ? { code: 1 } : undefined),
        ['h9'],
      );
      const result = await site.run([{ roles: [asking()] }]);
      assert.deepEqual(seen, [['h1', 'h3']]);
      assert.equal(result.exitCode, 2);
      assert.deepEqual(Object.keys(result.hosts), names);
      const [failed] = site.of('host-failed');
      assert.deepEqual(
        [failed?.host, failed?.error.what, withoutPlace(failed?.error.where)],
        ['h2', 'no x', 'role asking, task "x"'],
      );
    });

    it('that lose one host to a broken connection call only that one unreachable', async () => {
      const fetching = role('fetching', async () => {
        throw new PlayError({ kind: 'unreachable', what: 'connection lost to h1', where: { host: 'h1' } });
      });
      const site = new Site();
      const result = await site.run([{ roles: [fetching()] }]);
      assert.deepEqual(
        site.of('unreachable').map(({ host }) => host),
        ['h1'],
      );
      assert.deepEqual(
        site.of('host-failed').map(({ host }) => host),
        ['h2', 'h3'],
      );
      assert.deepEqual(
        Object.values(result.hosts).map(({ unreachable }) => unreachable),
        [1, 0, 0],
      );
    });
  });

  describe('claims', () => {
    const both = (tags: readonly string[]): Task[] => [
      thing({ name: 'x', value: 'on' }),
      thing({ name: 'x', value: 'off' }, { tags }),
    ];

    it('in conflict are refused, and nothing of the tasks is done', async () => {
      const site = new Site();
      const result = await site.run([{ tasks: both([]) }]);
      assert.equal(result.exitCode, 2);
      assert.match(site.of('host-failed')[0]?.error.what ?? '', /two tasks want thing x differently/);
      assert.deepEqual(site.host('h1').applied, []);
    });

    it('of tasks that do not run stand in nobody’s way', async () => {
      assert.equal((await new Site().run([{ tasks: both(['never']) }])).exitCode, 0);
    });
  });

  describe('check mode', () => {
    it('sends no change to any host', async () => {
      const site = new Site();
      const notify = { name: 'restart', script: sh`do restart` };
      const result = await site.run(
        [
          {
            roles: [role('r', () => () => things(3))()],
            tasks: [...things(3), deed({ name: 'd' }, { notify })],
          },
        ],
        { check: true },
      );
      assert.equal(result.exitCode, 0);
      assert.equal(site.of('run')[0]?.check, true);
      for (const host of site.hosts.values()) {
        assert.deepEqual([host.applied, host.values.size, host.done, host.owed.size], [[], 0, [], 0]);
        assert.deepEqual(host.commands, ['exec /bin/sh']);
      }
      assert.deepEqual(site.of('applying'), []);
    });

    it('predicts what the next run does', async () => {
      const site = new Site();
      site.host('h1').values.set('t2', 'new');
      const tasks = things(4);
      const told = ({ tasks: all }: RunResult) =>
        all.map(({ host, task, status }) => `${host} ${task} ${status}`).sort();
      const predicted = told(await site.run([{ tasks }], { check: true }));
      assert.ok(predicted.some((each) => each.endsWith(' would change')));
      const made = told(await site.run([{ tasks }])).map((each) =>
        each.replace(/ changed$/, ' would change'),
      );
      assert.deepEqual(made, predicted);
    });
  });

  describe('secrets', () => {
    const password = 'hunter22-of-this-run';
    const leaky = defineTask({
      ...thingType,
      diff: (state: string) => [
        {
          what: 'value',
          from: state,
          to: password,
          text: { before: `a ${password}\n`, after: 'b\n', path: '/f' },
        },
      ],
      apply: () => sh`login ${secret(password)}`,
    });

    it('are in no event and no result, though hosts and tasks print them', async () => {
      const site = new Site((name, { id }) => {
        if (id !== 'apply') return `state ${password}`;
        if (name === 'h2') return { code: 1, stderr: `denied for ${password}` };
        return name === 'h1' ? `hello ${password}\n` : 'LOSE';
      });
      const leaking = role('leaking', () => () => [
        leaky({ name: 'x', value: '' }, { title: `set ${password}` }),
      ]);
      const result = await site.run([{ roles: [leaking({ r_password: password })] }], { diff: true });
      assert.equal(result.exitCode, 4);
      assert.ok(site.of('output').some(({ line }) => line === 'hello ***'));
      assert.ok(site.of('task').some(({ error }) => error?.why === 'denied for ***'));
      assert.ok(site.of('task').some(({ task }) => task === 'set ***'));
      assert.doesNotMatch(JSON.stringify([site.events, result]), /hunter22/);
    });

    it('are in no diff of check mode', async () => {
      const site = new Site(() => 'old');
      const leaking = role('leaking', () => () => [leaky({ name: 'x', value: '' })]);
      await site.run([{ roles: [leaking({ r_password: password })] }], { diff: true, check: true });
      assert.match(site.of('task')[0]?.diff ?? '', /^-a \*\*\*$/m);
      assert.doesNotMatch(JSON.stringify(site.events), /hunter22/);
    });

    it('that are also our words or a host’s name spoil no event', async () => {
      const plain = role('plain', () => () => things(1));
      for (const word of ['task', 'changed', 'h1', 'recap', 'plain', 'stdout']) {
        const site = new Site();
        const { hosts } = await site.run([{ roles: [plain({ r_password: word.padEnd(4, '1') })] }]);
        assert.deepEqual(Object.keys(hosts), names);
        assert.equal(hosts['h1']?.changed, 1, word);
        assert.deepEqual([...new Set(site.of('task').map(({ role: name }) => name))], ['plain']);
      }
    });
  });

  describe('input', () => {
    const wrong = (act: Promise<unknown>, words: RegExp) =>
      assert.rejects(act, (error) => {
        assert.ok(error instanceof PlayError);
        assert.equal(error.kind, 'input');
        assert.match(error.what, words);
        return true;
      });

    it('is refused before any host is contacted', async () => {
      const site = new Site();
      await wrong(site.run([undefined, { hosts: 'nowhere' }]), /called "nowhere"/);
      const strange = parseInventory('all: {hosts: {h1: {ansible_become: perhaps}}}', 'hosts.yml');
      await wrong(
        site.run([{ hosts: 'h1', become: true }], { inventory: strange }),
        /ansible_become must be/,
      );
      const odd = parseInventory('all: {hosts: {h1: {ansible_connection: pigeon}}}', 'hosts.yml');
      await wrong(site.run([{ hosts: 'h1' }], { inventory: odd }), /no connection "pigeon"/);
      assert.deepEqual([site.connected, site.events], [[], []]);
    });
  });

  it('tells what was written about a connection but has no effect', async () => {
    const site = new Site();
    const noted = parseInventory(
      'all: {hosts: {h1: {ansible_ssh_common_args: "-o SendEnv=x -o Fancy=1"}}}',
      'hosts.yml',
    );
    await site.run([{ hosts: 'h1' }], { inventory: noted });
    assert.match(
      site
        .of('warning')
        .map(({ text }) => text)
        .join(),
      /Fancy=1 is not supported/,
    );
  });

  it('works on as many hosts at once as it is told', async () => {
    for (const forks of [1, 2]) {
      let now = 0;
      let most = 0;
      const site = new Site(async () => {
        now += 1;
        most = Math.max(most, now);
        await sleep(10);
        now -= 1;
        return undefined;
      });
      await site.run([{ tasks: things(1) }], { forks });
      assert.equal(most, forks);
    }
  });

  it('fails the host whose event a listener throws at, and closes all', async () => {
    const site = new Site();
    const result = await site.run([{ tasks: things(1) }], {
      onEvent: (event) => {
        if (event.type === 'task' && event.host === 'h2') throw new Error('listener broke');
      },
    });
    assert.deepEqual(
      Object.values(result.hosts).map(({ changed, failed }) => [changed, failed]),
      [
        [1, 0],
        [1, 1],
        [1, 0],
      ],
    );
    assert.ok([...site.hosts.values()].every(({ closed }) => closed));
  });
});
