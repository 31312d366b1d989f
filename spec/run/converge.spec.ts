import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler, Task } from '../../lib/model/task.ts';
import { defineTask } from '../../lib/model/task.ts';
import { Turns } from '../../lib/run/turns.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { sh } from '../../lib/util/sh.ts';
import { convergeOn, deed, ThingHost, thing, things, thingType } from './things.ts';

const restart: Handler = { name: 'restart web', script: sh`do restart` };
const statusOf = (summary: readonly string[]) => [...new Set(summary.map((line) => line.split(' ').at(-1)))];

describe('converge', () => {
  describe('round trips', () => {
    it('looks once at 40 converged tasks', async () => {
      const host = new ThingHost(Object.fromEntries(things(40).map(({ title }) => [title, 'new'])));
      const { ok, summary, session } = await convergeOn(host, things(40));
      assert.equal(ok, true);
      assert.deepEqual(statusOf(summary), ['ok']);
      assert.equal(session.roundTrips, 1);
      assert.deepEqual(host.applied, []);
    });

    it('makes 41 when all 40 change, each probed again in the trip of its change', async () => {
      const host = new ThingHost();
      const { summary, session } = await convergeOn(host, things(40));
      assert.deepEqual(statusOf(summary), ['changed']);
      assert.equal(session.roundTrips, 41);
      assert.deepEqual(host.sent(1), ['apply:set -eu\nput t1 new', '0:get t1', '1:get t2']);
    });

    it('looks ahead twice as far each time it stays quiet', async () => {
      const host = new ThingHost(Object.fromEntries(things(40).map(({ title }) => [title, 'new'])));
      host.values.set('t1', 'old');
      await convergeOn(host, things(40));
      assert.deepEqual(
        host.batches.map(({ parts }) => parts.filter(({ id }) => id !== 'apply').length),
        [40, 2, 4, 8, 16, 10],
      );
    });

    it('asks nothing of tasks that tags leave out', async () => {
      const host = new ThingHost();
      const selected = ({ title }: Task) => title === 't3';
      const { summary } = await convergeOn(host, things(4), { selected });
      assert.deepEqual(summary, ['t1 skipped', 't2 skipped', 't3 changed', 't4 skipped']);
      assert.deepEqual(host.sent(0), ['0:get t3']);
    });

    it('sends the same probe once', async () => {
      const host = new ThingHost({ t1: 'new' });
      const twice = [...things(1), ...things(1)];
      assert.deepEqual((await convergeOn(host, twice)).summary, ['t1 ok', 't1 ok']);
      assert.deepEqual(host.sent(0), ['0:get t1']);
    });
  });

  describe('trust', () => {
    it('drops every answer from before a change', async () => {
      // Changing t1 brings t2 along: what the first look said of t2 is no longer true.
      const host = new ThingHost({}, ({ id, code }, { values }) => {
        if (id === 'apply' && code.includes('put t1')) values.set('t2', 'new');
        return undefined;
      });
      const { summary } = await convergeOn(host, things(3));
      assert.deepEqual(summary, ['t1 changed', 't2 ok', 't3 changed']);
      assert.deepEqual(host.applied, ['put t1 new', 'put t3 new']);
    });

    it('sees what a change has broken again', async () => {
      const host = new ThingHost({ t1: 'old', t2: 'new' }, ({ id, code }, { values }) => {
        if (id === 'apply' && code.includes('put t1')) values.set('t2', 'broken');
        return undefined;
      });
      assert.deepEqual((await convergeOn(host, things(2))).summary, ['t1 changed', 't2 changed']);
    });

    it('fails a task that still differs after its change, and says what is left', async () => {
      const host = new ThingHost({}, ({ id, code }) =>
        id === 'apply' && code.includes('put t2') ? 'done, honestly\n' : undefined,
      );
      const { ok, told, summary } = await convergeOn(host, things(3));
      assert.equal(ok, false);
      assert.deepEqual(summary, ['t1 changed', 't2 failed', 't3 skipped']);
      assert.match(told[1]?.error?.what ?? '', /still the host differs/);
      assert.equal(told[1]?.error?.why, 'value old → new');
      assert.deepEqual(host.applied, ['put t1 new', 'put t2 new']);
    });

    it('does not hold an early answer that makes no sense against a task whose turn has not come', async () => {
      // t2 can't be asked before t1 is there.
      const host = new ThingHost({}, ({ id, code }, { values }) =>
        id !== 'apply' && code === 'get t2' && values.get('t1') !== 'new'
          ? { code: 127, stderr: 'not found' }
          : undefined,
      );
      assert.deepEqual((await convergeOn(host, things(3))).summary, [
        't1 changed',
        't2 changed',
        't3 changed',
      ]);
    });

    it('blames a task only for an answer asked for it alone', async () => {
      let asked = 0;
      const host = new ThingHost({}, ({ code }) => {
        if (code !== 'get t1') return undefined;
        asked += 1;
        return { code: 1, stderr: `answer ${asked}` };
      });
      const { told, summary } = await convergeOn(host, things(2));
      assert.deepEqual(summary, ['t1 failed', 't2 skipped']);
      assert.match(told[0]?.error?.what ?? '', /answer 2/);
      assert.deepEqual(host.sent(1), ['0:get t1']);
      assert.equal(told[0]?.error?.where.task, 't1');
    });

    it('takes the second answer when the first made no sense', async () => {
      let asked = 0;
      const host = new ThingHost({ t1: 'new' }, ({ code }) => {
        asked += code === 'get t1' ? 1 : 0;
        return code === 'get t1' && asked === 1 ? { code: 1 } : undefined;
      });
      assert.deepEqual((await convergeOn(host, things(1))).summary, ['t1 ok']);
    });

    it('blames a hung probe, and not those after it', async () => {
      const host = new ThingHost({}, ({ id, code }) =>
        id !== 'apply' && code === 'get t2' ? 'HANG' : undefined,
      );
      const { told, summary } = await convergeOn(host, things(3));
      assert.deepEqual(summary, ['t1 changed', 't2 failed', 't3 skipped']);
      assert.match(told[1]?.error?.what ?? '', /did not end within 60 s/);
      assert.equal(told[1]?.error?.why, 'get t2');
    });

    it('goes on when a probe was only slow because of the others', async () => {
      let first = true;
      const host = new ThingHost({ t1: 'new', t2: 'new', t3: 'new' }, ({ code }) => {
        if (code !== 'get t2' || !first) return undefined;
        first = false;
        return 'HANG';
      });
      assert.deepEqual((await convergeOn(host, things(3))).summary, ['t1 ok', 't2 ok', 't3 ok']);
    });

    it('blames a probe that kills its shell', async () => {
      const host = new ThingHost({ t1: 'new' }, ({ code }) => (code === 'get t2' ? 'DIE' : undefined));
      const { told, summary } = await convergeOn(host, things(3));
      assert.deepEqual(summary, ['t1 ok', 't2 failed', 't3 skipped']);
      assert.match(told[1]?.error?.what ?? '', /ended the shell/);
    });
  });

  describe('a change that goes wrong', () => {
    const spoiled = (doing: 'HANG' | 'DIE' | 'LOSE' | { code: number; stderr: string; stdout?: string }) =>
      new ThingHost({}, ({ id, code }) => (id === 'apply' && code.includes('put t2') ? doing : undefined));

    it('fails with its last words; what follows is skipped', async () => {
      const stderr = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
      const { told, summary } = await convergeOn(spoiled({ code: 3, stderr }), things(4));
      assert.deepEqual(summary, ['t1 changed', 't2 failed', 't3 skipped', 't4 skipped']);
      assert.match(told[1]?.error?.what ?? '', /exit code 3/);
      assert.equal(told[1]?.error?.why?.split('\n').length, 15);
      assert.match(told[1]?.error?.why ?? '', /line 39$/);
      assert.equal(told[2]?.reason, 'an earlier task failed');
    });

    it('gives stdout where stderr is silent', async () => {
      const { told } = await convergeOn(spoiled({ code: 1, stderr: '', stdout: 'E: broken\n' }), things(2));
      assert.equal(told[1]?.error?.why, 'E: broken');
    });

    it('says that it took too long', async () => {
      const { told } = await convergeOn(spoiled('HANG'), things(2));
      assert.match(told[1]?.error?.what ?? '', /did not end within 600 s/);
    });

    it('says that its shell was killed', async () => {
      const { told, summary } = await convergeOn(spoiled('DIE'), things(3));
      assert.deepEqual(summary, ['t1 changed', 't2 failed', 't3 skipped']);
      assert.match(told[1]?.error?.what ?? '', /ended the shell that made the change/);
    });

    it('throws when the connection is lost, naming what was in flight and that its effect is unknown', async () => {
      await assert.rejects(convergeOn(spoiled('LOSE'), things(3)), (error) => {
        assert.ok(error instanceof PlayError);
        assert.equal(error.kind, 'unreachable');
        assert.equal(error.where.task, 't2');
        assert.match(error.why ?? '', /"t2" was being applied: whether it took effect.*is not known/);
        assert.match(error.next ?? '', /again/);
        return true;
      });
    });

    it('says no such thing when the connection is lost during a look', async () => {
      const host = new ThingHost({}, () => 'LOSE');
      await assert.rejects(convergeOn(host, things(1)), (error) => {
        assert.ok(error instanceof PlayError && error.kind === 'unreachable');
        assert.doesNotMatch(error.why ?? '', /being applied/);
        return true;
      });
    });

    it('gives lines as they come, under the task that printed them', async () => {
      const host = new ThingHost({}, ({ id }, { values }) => {
        if (id !== 'apply') return undefined;
        values.set('t1', 'new');
        return 'one\n\ntwo';
      });
      assert.deepEqual((await convergeOn(host, things(1))).lines, ['t1: one', 't1: two']);
    });

    it('fails a type whose apply throws, without sending anything', async () => {
      const broken = defineTask({
        ...thingType,
        apply() {
          throw new Error('can not be changed');
        },
      });
      const host = new ThingHost();
      const { told } = await convergeOn(host, [broken({ name: 't1', value: 'new' })]);
      assert.equal(told[0]?.error?.what, 'can not be changed');
      assert.deepEqual(host.applied, []);
    });
  });

  describe('deeds', () => {
    it('are done and counted as changed every time, and not asked for afterwards', async () => {
      const host = new ThingHost({ t1: 'new' });
      const tasks = [deed({ name: 'd1' }), ...things(1)];
      assert.deepEqual((await convergeOn(host, tasks)).summary, ['d1 changed', 't1 ok']);
      assert.deepEqual((await convergeOn(host, tasks)).summary, ['d1 changed', 't1 ok']);
      assert.deepEqual(host.done, ['d1', 'd1']);
    });
  });

  describe('check mode', () => {
    it('never sends a change, whatever there is to change', async () => {
      const host = new ThingHost({ t2: 'new' });
      const notify = { notify: restart };
      const tasks = [...things(3), deed({ name: 'd' }, notify), thing({ name: 'x', value: 'y' }, notify)];
      const { ok, summary } = await convergeOn(host, tasks, { check: true });
      assert.equal(ok, true);
      assert.deepEqual(summary, [
        't1 changed',
        't2 ok',
        't3 changed',
        'd changed',
        'x changed',
        'restart web changed',
      ]);
      const ids = host.batches.flatMap(({ parts }) => parts.map(({ id }) => id));
      assert.deepEqual(
        ids.filter((id) => !/^\d+$/.test(id)),
        [],
      );
      assert.deepEqual([host.owed.size, host.done.length, host.values.size], [0, 0, 1]);
      assert.equal(host.batches.length, 1);
    });

    const needsT1 = new ThingHost({}, ({ code }) =>
      code === 'get t2' ? { code: 127, stderr: 'no such program' } : undefined,
    );

    it('calls unknown what can not be told before an earlier change', async () => {
      const { told, summary, session } = await convergeOn(needsT1, things(3), { check: true });
      assert.deepEqual(summary, ['t1 changed', 't2 unknown', 't3 changed']);
      assert.match(told[1]?.reason ?? '', /no such program; it waits for "t1"/);
      assert.equal(session.roundTrips, 1);
    });

    it('calls failed what can not be told though nothing is pending', async () => {
      const host = new ThingHost({ t1: 'new' }, ({ code }) => (code === 'get t2' ? { code: 1 } : undefined));
      const { ok, summary } = await convergeOn(host, things(3), { check: true });
      assert.equal(ok, false);
      assert.deepEqual(summary, ['t1 ok', 't2 failed', 't3 skipped']);
    });

    it('tells a type what is pending', async () => {
      const seen: string[][] = [];
      const curious = defineTask({
        ...thingType,
        diff(_state: string, _want, pending) {
          seen.push(pending.map(({ task, claims }) => `${task} ${JSON.stringify(claims)}`));
          return [];
        },
      });
      await convergeOn(new ThingHost(), [...things(1), curious({ name: 'c', value: '' })], { check: true });
      assert.deepEqual(seen, [['t1 {"thing t1":"new"}']]);
    });

    it('predicts handlers: those of changes, those still owed, and doubt where the notifier is in doubt', async () => {
      const notify = { notify: restart };
      const [t1, t2] = [thing({ name: 't1', value: 'new' }), thing({ name: 't2', value: 'new' }, notify)];
      const doubt = await convergeOn(needsT1, [t1, t2], { check: true });
      assert.deepEqual(doubt.summary, ['t1 changed', 't2 unknown', 'restart web unknown']);
      assert.match(doubt.told[2]?.reason ?? '', /it runs if "t2" changes something/);

      const quiet = new ThingHost({ t2: 'new' });
      assert.deepEqual((await convergeOn(quiet, [t2], { check: true })).summary, ['t2 ok', 'restart web ok']);
      quiet.owed.add('r--restart%20web');
      assert.deepEqual((await convergeOn(quiet, [t2], { check: true })).summary, [
        't2 ok',
        'restart web changed',
      ]);
    });
  });

  describe('handlers', () => {
    const tasks = [
      thing({ name: 't1', value: 'new' }, { notify: restart }),
      thing({ name: 't2', value: 'new' }, { notify: [restart] }),
      thing({ name: 't3', value: 'new' }),
    ];

    it('run once, after all tasks, and owe nothing afterwards', async () => {
      const host = new ThingHost();
      const { summary } = await convergeOn(host, tasks);
      assert.deepEqual(summary, ['t1 changed', 't2 changed', 't3 changed', 'restart web changed']);
      assert.deepEqual(host.done, ['restart']);
      assert.equal(host.owed.size, 0);
      assert.deepEqual((await convergeOn(host, tasks)).summary.at(-1), 'restart web ok');
    });

    it('are owed before the change: in the same trip, in front of it', async () => {
      const host = new ThingHost();
      await convergeOn(host, tasks);
      const ids = host.batches[1]?.parts.map(({ id }) => id) ?? [];
      assert.deepEqual(ids.slice(0, 2), ['before', 'apply']);
      assert.match(host.batches[1]?.parts[0]?.code ?? '', /touch -- \S*\/r--restart%20web/);
    });

    it('do not run when the marker can not be written, and neither does the change', async () => {
      const host = new ThingHost({}, ({ id }) =>
        id === 'before' ? { code: 1, stderr: 'disk full' } : undefined,
      );
      const { told } = await convergeOn(host, tasks);
      assert.equal(told[0]?.status, 'failed');
      assert.equal(told[0]?.error?.why, 'disk full');
      assert.equal(host.values.size, 0);
    });

    for (const how of ['LOSE', 'HANG', 'DIE'] as const) {
      it(`survive a run that ends right after the change (${how})`, async () => {
        let broken = true;
        const host = new ThingHost({}, ({ id }, { values }) => {
          if (id !== 'apply' || !broken) return undefined;
          values.set('t1', 'new');
          return how;
        });
        await convergeOn(host, tasks).catch(() => {});
        assert.deepEqual(host.done, []);
        broken = false;
        // Nothing of t1 is left to change, and still what it notified is run.
        const { summary } = await convergeOn(host, tasks.slice(0, 1));
        assert.deepEqual(summary, ['t1 ok', 'restart web changed']);
        assert.deepEqual(host.done, ['restart']);
      });
    }

    it('survive a later task that fails', async () => {
      let broken = true;
      const host = new ThingHost({}, ({ id, code }) =>
        id === 'apply' && code.includes('put t3') && broken ? { code: 1 } : undefined,
      );
      assert.deepEqual((await convergeOn(host, tasks)).summary.at(-1), 'restart web skipped');
      broken = false;
      assert.deepEqual((await convergeOn(host, tasks)).summary, [
        't1 ok',
        't2 ok',
        't3 changed',
        'restart web changed',
      ]);
    });

    it('that fail are owed still', async () => {
      let broken = true;
      const host = new ThingHost({}, ({ id, code }) =>
        id === 'apply' && code.includes('do restart') && broken ? { code: 1 } : undefined,
      );
      const { ok } = await convergeOn(host, tasks);
      assert.equal(ok, false);
      assert.equal(host.owed.size, 1);
      broken = false;
      assert.deepEqual((await convergeOn(host, tasks)).summary.at(-1), 'restart web changed');
    });

    it('run whatever the tags are', async () => {
      const host = new ThingHost();
      const selected = (task: Task) => task.type === 'handler' || task.title === 't1';
      assert.deepEqual((await convergeOn(host, tasks, { selected })).summary, [
        't1 changed',
        't2 skipped',
        't3 skipped',
        'restart web changed',
      ]);
    });
  });

  describe('one at a time', () => {
    const gated = [thing({ name: 'leader', value: 'new' }, { oneAtATime: 'join' })];

    it('serialises changes over hosts', async () => {
      let inside = 0;
      let most = 0;
      const slow = () =>
        new ThingHost({}, async ({ id }) => {
          if (id !== 'apply') return undefined;
          inside += 1;
          most = Math.max(most, inside);
          await sleep(15);
          inside -= 1;
          return undefined;
        });
      const turns = new Turns();
      const hosts = [slow(), slow(), slow()];
      const all = await Promise.all(hosts.map((host) => convergeOn(host, gated, { turns })));
      assert.deepEqual(
        all.flatMap(({ summary }) => summary),
        Array(3).fill('leader changed'),
      );
      assert.equal(most, 1);
    });

    it('looks again when the turn comes: what another host has done meanwhile is not done twice', async () => {
      const world = new Map<string, string>();
      const shared = () => {
        const host = new ThingHost({}, async ({ id }) => {
          if (id === 'apply') {
            await sleep(15);
            world.set('leader', 'new');
            return '';
          }
          return `${world.get('leader') ?? 'old'}\n`;
        });
        return host;
      };
      const turns = new Turns();
      const epoch = { value: 0 };
      const hosts = [shared(), shared(), shared()];
      const all = await Promise.all(hosts.map((host) => convergeOn(host, gated, { turns, epoch })));
      assert.deepEqual(all.flatMap(({ summary }) => summary).sort(), [
        'leader changed',
        'leader ok',
        'leader ok',
      ]);
      assert.equal(hosts.flatMap(({ applied }) => applied).length, 1);
    });

    it('passes the turn on when a change fails', async () => {
      const turns = new Turns();
      const failing = new ThingHost({}, ({ id }) => (id === 'apply' ? { code: 1 } : undefined));
      const fine = new ThingHost();
      const [first, second] = await Promise.all([
        convergeOn(failing, gated, { turns }),
        convergeOn(fine, gated, { turns }),
      ]);
      assert.deepEqual([first.ok, second.ok], [false, true]);
    });
  });
});
