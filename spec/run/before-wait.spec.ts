import assert from 'node:assert/strict';
import type { Handler, Task, TaskOptions } from '../../lib/model/task.ts';
import { check } from '../../lib/tasks/check.ts';
import { flushHandlers } from '../../lib/tasks/flush-handlers.ts';
import { until } from '../../lib/tasks/until.ts';
import type { ScriptAnswer } from '../../lib/testing/scripted-host.ts';
import type { SentPart } from '../../lib/testing/sent-batch.ts';
import { sh } from '../../lib/util/sh.ts';
import { names, role, Site } from './site.ts';
import { convergeOn, ThingHost, thing } from './things.ts';

/** Takes up what its configuration says: `port` becomes what `conf` is. */
const restart: Handler = { name: 'restart web', script: sh`do restart` };
const reload: Handler = { name: 'reload web', script: sh`do reload` };
const OWED = 'r--restart%20web';

const conf = (value: string, options: TaskOptions = { notify: restart }) =>
  thing({ name: 'conf', value }, options);
const more = (value: string, options: TaskOptions = { notify: restart }) =>
  thing({ name: 'more', value }, options);
const listens = (port: string, within = 0.3, options: TaskOptions = {}) =>
  until(
    {
      that: `${port} is open`,
      probe: sh`get port`,
      holds: ({ stdout }) => stdout === port || `open is ${stdout}`,
      within,
      every: 0.02,
    },
    options,
  );

type Spoil = (part: SentPart, host: ThingHost) => ScriptAnswer | undefined;

/** A host whose service runs with what it was last restarted with, and dies of the configuration `broken`. */
class Web extends ThingHost {
  constructor(
    running: string,
    values: Readonly<Record<string, string>> = {},
    spoil: Spoil = () => undefined,
  ) {
    super({ conf: running, more: 'new', port: running, ...values }, (part, host) => {
      const spoilt = spoil(part, host);
      if (spoilt !== undefined || !part.code.includes('do restart')) return spoilt;
      const broken = [...host.values.values()].includes('broken');
      host.values.set('port', broken ? 'nothing' : (host.values.get('conf') ?? ''));
      return broken ? { code: 1, stderr: 'bad configuration' } : undefined;
    });
  }

  /** An earlier run has changed the configuration and ended before the restart. */
  owing(...markers: readonly string[]): this {
    for (const marker of markers.length > 0 ? markers : [OWED]) this.owed.add(marker);
    return this;
  }
}

describe('handlers before a task that waits', () => {
  const tasks = (port: string) => [
    conf(port),
    thing({ name: 'more', value: 'new' }, {}),
    listens(port),
    thing({ name: 'last', value: 'old' }),
  ];
  const settled = ['conf ok', 'more ok', 'restart web changed', 'wait until 81 is open ok', 'last ok'];

  it('run in the run that notified them, and are told once', async () => {
    const host = new Web('80');
    const { summary, applying } = await convergeOn(host, tasks('81'));
    assert.deepEqual(summary, ['conf changed', ...settled.slice(1)]);
    assert.deepEqual(applying, ['conf', 'restart web']);
    assert.deepEqual(host.done, ['restart']);
    assert.equal(host.owed.size, 0);
  });

  it('run when an earlier run owes them, though nothing is to be changed', async () => {
    const host = new Web('80', { conf: '81' }).owing();
    assert.deepEqual((await convergeOn(host, tasks('81'))).summary, settled);
    assert.deepEqual(host.done, ['restart']);
  });

  it('run before the wait is judged, for it holds with what is about to go as well', async () => {
    const seen: string[] = [];
    const host = new Web('80', {}, ({ code }) => {
      if (code.includes('do restart')) seen.push('restart');
      if (code === 'get port') seen.push('judged');
      return undefined;
    });
    const { summary } = await convergeOn(host, [conf('81'), listens('80')]);
    assert.equal(summary.at(-1), 'wait until 80 is open failed');
    assert.equal(seen.at(-1), 'judged');
    assert.ok(seen.indexOf('restart') >= 0);
  });

  it('cost a host that owes nothing no look of their own', async () => {
    const host = new Web('81');
    const { summary } = await convergeOn(host, tasks('81'));
    assert.deepEqual(summary, [
      'conf ok',
      'more ok',
      'wait until 81 is open ok',
      'last ok',
      'restart web ok',
    ]);
    assert.equal(host.batches.length, 1);
  });

  it('cost nothing where tags leave out all but the wait', async () => {
    const host = new Web('81');
    const selected = ({ type }: Task) => type === 'until' || type === 'handler';
    await convergeOn(host, tasks('81'), { selected });
    assert.equal(host.batches.length, 1);
  });

  it('are found owed in the first look, whatever was changed since', async () => {
    const host = new Web('80', { conf: '81', more: 'old' }).owing();
    const { summary } = await convergeOn(host, tasks('81'));
    assert.deepEqual(summary, ['conf ok', 'more changed', ...settled.slice(2)]);
  });

  it('run though tags leave out the task that notifies them, not before a wait that is left out', async () => {
    const without = (left: string) => (task: Task) => !task.title.includes(left);
    const wait = new Web('80', { conf: '81' }).owing();
    assert.deepEqual((await convergeOn(wait, tasks('81'), { selected: without('conf') })).summary, [
      'conf skipped',
      ...settled.slice(1),
    ]);
    const noWait = new Web('80', { conf: '81' }).owing();
    assert.deepEqual((await convergeOn(noWait, tasks('81'), { selected: without('wait') })).summary, [
      'conf ok',
      'more ok',
      'wait until 81 is open skipped',
      'last ok',
      'restart web changed',
    ]);
  });

  it('come after the task that mends what they failed for', async () => {
    const host = new Web('80');
    const broken = await convergeOn(host, tasks('broken'));
    assert.deepEqual(broken.summary, [
      'conf changed',
      'more ok',
      'restart web failed',
      'wait until broken is open skipped',
      'last skipped',
    ]);
    assert.match(broken.told[2]?.error?.why ?? '', /bad configuration/);
    assert.equal(host.owed.size, 1);
    assert.deepEqual((await convergeOn(host, tasks('81'))).summary, ['conf changed', ...settled.slice(1)]);
  });

  it('that only tasks behind the wait notify keep their place: the wait may guard them', async () => {
    const host = new Web('80', { conf: '81' }).owing();
    const { summary } = await convergeOn(host, [listens('80'), conf('81')]);
    assert.deepEqual(summary, ['wait until 80 is open ok', 'conf ok', 'restart web changed']);
    const guarded = new Web('80', { conf: '81' }).owing();
    assert.deepEqual((await convergeOn(guarded, [listens('82'), conf('81')])).summary, [
      'wait until 82 is open failed',
      'conf skipped',
      'restart web skipped',
    ]);
    assert.deepEqual(guarded.done, []);
  });

  it('run again at the end when a later task notifies them again, and are told once all the same', async () => {
    const host = new Web('80', { more: 'old' });
    const { summary, applying, told } = await convergeOn(host, [conf('81'), listens('81'), more('new')]);
    assert.deepEqual(summary, [
      'conf changed',
      'wait until 81 is open ok',
      'more changed',
      'restart web changed',
    ]);
    assert.deepEqual(applying, ['conf', 'restart web', 'restart web over', 'more', 'restart web']);
    assert.deepEqual(host.done, ['restart', 'restart']);
    assert.deepEqual(told.at(-1)?.changes, [{ what: 'owed', to: 'run' }]);
  });

  it('are told as changed when a task fails or the connection is lost after they ran', async () => {
    for (const how of [{ code: 1 }, 'LOSE'] as const) {
      const told: string[] = [];
      const host = new Web('80', { more: 'old' }, ({ id, code }) =>
        id === 'apply' && code.includes('put more') ? how : undefined,
      );
      const play = [conf('81'), listens('81'), more('new')];
      await convergeOn(host, play, { onTold: (line) => void told.push(line) }).catch(() => {});
      assert.ok(told.includes('restart web changed'), `${how}: ${told}`);
      assert.equal(told.filter((line) => line.startsWith('restart')).length, 1);
    }
  });

  it('are not in flight any more when the run is interrupted after they ran', async () => {
    const abort = new AbortController();
    const site = new Site();
    const host = new Web('80', { more: 'old' }, ({ id, code }) => {
      if (id !== 'apply' || !code.includes('put more')) return undefined;
      setTimeout(() => abort.abort(new Error('ctrl-c')), 20);
      return 'STALL';
    });
    site.hosts.set('h1', host);
    const tasks = [conf('81'), listens('81'), more('new')];
    const result = await site.run([{ tasks, hosts: 'h1' }], { signal: abort.signal });
    assert.deepEqual(
      result.interrupted.map(({ task }) => task),
      ['more'],
    );
    assert.equal(result.hosts['h1']?.changed, 2);
  });

  it('fail when they fail at the end, whatever they did before', async () => {
    const host = new Web('80', { more: 'old' });
    const { summary } = await convergeOn(host, [conf('81'), listens('81'), more('broken')]);
    assert.equal(summary.at(-1), 'restart web failed');
    assert.equal(summary.length, 4);
    assert.deepEqual([...host.owed], [OWED]);
  });

  describe('owed from an earlier run, with a task behind the wait that notifies them too', () => {
    const play = [conf('81'), listens('81'), more('new')];

    it('do not take the service down for what that task mends, as long as the wait holds', async () => {
      const host = new Web('81', { more: 'broken' }).owing();
      const { summary, warnings } = await convergeOn(host, play);
      assert.deepEqual(summary, [
        'conf ok',
        'wait until 81 is open ok',
        'more changed',
        'restart web changed',
      ]);
      assert.deepEqual(host.done, ['restart']);
      assert.deepEqual(warnings, []);
    });

    it('run when the wait does not hold', async () => {
      const host = new Web('80', { conf: '81' }).owing();
      const { summary, applying } = await convergeOn(host, play);
      assert.deepEqual(summary, ['conf ok', 'wait until 81 is open ok', 'more ok', 'restart web changed']);
      assert.deepEqual(applying, ['restart web', 'restart web over', 'wait until 81 is open']);
      assert.deepEqual(host.done, ['restart']);
    });

    it('may fail then: it is said, and the wait has its chance', async () => {
      const host = new Web('80', { more: 'broken' }).owing();
      // What is waited for comes about by other means.
      const elsewhere = until({
        that: 'it is there',
        probe: sh`get other`,
        holds: ({ stdout }) => {
          host.values.set('other', 'there');
          return stdout === 'there' || 'not yet';
        },
        within: 2,
        every: 0.02,
      });
      const { summary, warnings } = await convergeOn(host, [conf('80'), elsewhere, more('new')]);
      assert.deepEqual(summary, [
        'conf ok',
        'wait until it is there ok',
        'more changed',
        'restart web changed',
      ]);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? '',
        /"restart web", owed from an earlier run, .* and failed: .*bad configuration/s,
      );
    });
  });

  it('of two kinds both run, in the order of first mention', async () => {
    const host = new Web('80', { more: 'old' });
    const play = [conf('81'), more('new', { notify: reload }), listens('81')];
    assert.deepEqual((await convergeOn(host, play)).summary, [
      'conf changed',
      'more changed',
      'restart web changed',
      'reload web changed',
      'wait until 81 is open ok',
    ]);
    assert.deepEqual(host.done, ['restart', 'reload']);
  });

  it('run once before several waits', async () => {
    const host = new Web('80');
    const { summary } = await convergeOn(host, [conf('81'), listens('81'), listens('81')]);
    assert.deepEqual(summary.slice(1), ['restart web changed', ...Array(2).fill('wait until 81 is open ok')]);
    assert.deepEqual(host.done, ['restart']);
  });

  it('of the own host run before a wait on another host, which may wait for them', async () => {
    const { summary } = await convergeOn(new Web('80'), [conf('81'), listens('81', 0.3, { on: 'h2' })]);
    assert.deepEqual(summary, ['conf changed', 'restart web changed', 'wait until 81 is open ok']);
  });

  describe('owed by another role', () => {
    const roles = [role('one', () => () => [conf('81')])(), role('two', () => () => [listens('81')])()];
    const owing = () => {
      const site = new Site();
      for (const name of names)
        site.hosts.set(name, new Web('80', { conf: '81' }).owing('one--restart%20web'));
      return site;
    };

    it('run at the end of its step, and so before a wait of a later role or of the play', async () => {
      for (const play of [{ roles }, { roles: roles.slice(0, 1), tasks: [listens('81')] }]) {
        const site = owing();
        assert.equal((await site.run([play])).exitCode, 0);
        assert.deepEqual(
          site.of('task').flatMap(({ host, task, status }) => (host === 'h1' ? [`${task} ${status}`] : [])),
          ['conf ok', 'restart web changed', 'wait until 81 is open ok'],
        );
      }
    });

    it('are named when the wait fails in a run without that role', async () => {
      const site = owing();
      assert.equal((await site.run([{ roles }], { roles: ['two'] })).exitCode, 2);
      const [told] = site.of('task');
      assert.equal(told?.error?.why, 'open is 80\nstill owed there: restart web (role one)');
      assert.match(told?.error?.next ?? '', /run that role/);
    });
  });

  describe('check mode', () => {
    const changed = (summary: readonly string[]) =>
      summary.filter((line) => line.endsWith(' changed')).sort();

    const cases: readonly [string, () => Web, readonly Task[]][] = [
      ['a change', () => new Web('80'), tasks('81')],
      ['an owed restart', () => new Web('80', { conf: '81' }).owing(), tasks('81')],
      ['nothing', () => new Web('81'), tasks('81')],
      [
        'a change before and one after the wait',
        () => new Web('80', { more: 'old' }),
        [conf('81'), listens('81'), more('new')],
      ],
      ['one after the wait', () => new Web('81', { more: 'old' }), [conf('81'), listens('81'), more('new')]],
    ];
    for (const [what, host, play] of cases) {
      it(`predicts what a run then changes, touching nothing: ${what}`, async () => {
        const touched = host();
        const predicted = await convergeOn(touched, play, { check: true });
        assert.deepEqual([touched.done, touched.applied], [[], []]);
        const real = await convergeOn(host(), play);
        assert.equal(real.ok, true);
        assert.deepEqual(changed(predicted.summary), changed(real.summary));
        assert.equal(predicted.summary.length, real.summary.length);
      });
    }
  });
});

describe('a task that fails while handlers are pending', () => {
  const answers = check({
    that: '81 is open',
    probe: sh`get port`,
    holds: ({ stdout }) => stdout === '81' || `open is ${stdout}`,
  });

  it('says so, and what to do about it', async () => {
    for (const host of [new Web('80'), new Web('80', { conf: '81' }).owing()]) {
      const { told } = await convergeOn(host, [conf('81'), answers]);
      assert.equal(told[1]?.status, 'failed');
      assert.match(told[1]?.error?.why ?? '', /open is 80\npending until the end of the step: restart web$/);
      assert.match(told[1]?.error?.next ?? '', /until\(\)/);
    }
  });

  it('does not when nothing is, or when only a later task would notify', async () => {
    for (const play of [[answers], [answers, conf('81')]]) {
      const { told } = await convergeOn(new Web('80').owing(), play);
      assert.equal(told[0]?.error?.why, 'open is 80');
    }
  });
});

describe('flushHandlers', () => {
  const tasks = [conf('81'), flushHandlers(), thing({ name: 'port', value: '81' }, { title: 'port' })];

  it('runs the pending handlers at its place', async () => {
    const host = new Web('80');
    const { summary } = await convergeOn(host, tasks);
    assert.deepEqual(summary, ['conf changed', 'restart web changed', 'flush handlers ok', 'port ok']);
    assert.deepEqual(host.done, ['restart']);
    assert.equal(host.owed.size, 0);
  });

  it('runs a handler that an earlier run left pending', async () => {
    const host = new Web('80', { conf: '81' }).owing();
    const { summary } = await convergeOn(host, tasks);
    assert.deepEqual(summary, ['conf ok', 'restart web changed', 'flush handlers ok', 'port ok']);
  });

  it('runs nothing when nothing is pending, and no handler of tasks behind it', async () => {
    const host = new Web('81');
    const { summary } = await convergeOn(host, [
      conf('81'),
      flushHandlers(),
      more('old', { notify: reload }),
    ]);
    assert.deepEqual(summary, [
      'conf ok',
      'flush handlers ok',
      'more changed',
      'restart web ok',
      'reload web changed',
    ]);
    assert.deepEqual(host.done, ['reload']);
  });

  it('ends the step when a handler fails', async () => {
    const host = new Web('80');
    const { summary } = await convergeOn(host, [conf('broken'), flushHandlers(), listens('broken')]);
    assert.deepEqual(summary.slice(0, 2), ['conf changed', 'restart web failed']);
    assert.ok(summary.includes('flush handlers skipped'));
  });

  it('shows in check mode what it would run at its place, and changes nothing', async () => {
    const host = new Web('80');
    const { summary } = await convergeOn(host, tasks, { check: true });
    assert.deepEqual(summary.slice(0, 3), ['conf changed', 'restart web changed', 'flush handlers ok']);
    assert.deepEqual(host.done, []);
  });
});
