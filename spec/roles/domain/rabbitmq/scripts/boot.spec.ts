import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { restartBroker, restartUnit, stopUnit } from '../../../../../roles/domain/rabbitmq/scripts/boot.ts';
import { inEveryShell } from '../../../../support/sandbox.ts';

inEveryShell('a broker that is to be stopped', (box) => {
  const put = (path: string, text = '') => {
    mkdirSync(dirname(box().path(path)), { recursive: true });
    writeFileSync(box().path(path), text);
  };
  const members = (...names: readonly string[]) =>
    put(
      'var/lib/rabbitmq/mnesia/rabbit@broker1/cluster_nodes.config',
      `{[${names.join(',\n ')}],[${names.join()}]}.\n`,
    );
  /** systemd, which gives these answers one after the other, and the last one from then on. */
  const unit = (...states: readonly string[]) => {
    states.forEach((state, i) => void put(`states/${i}`, state));
    put('asked', '-1');
    box().standIn(
      'systemctl',
      `cd @ROOT@
if [ "$1" = show ]; then
  n=$(($(cat asked) + 1)); [ -e "states/$n" ] || n=$((n - 1))
  echo "$n" >asked
  cat "states/$n"
fi`,
    );
  };
  const BOOTS = 'ActiveState=activating\nSubState=start\nJob=7';
  const RUNS = 'ActiveState=active\nSubState=running\nJob=';
  /** What was done, in order: `wait` is a second, `ask` a look at the unit. */
  const done = () =>
    box()
      .calls()
      .flatMap(([name = '', ...args]) => {
        if (name === 'sleep') return ['wait'];
        return name === 'systemctl' ? [args.find((arg) => !arg.startsWith('-')) ?? ''] : [];
      })
      .filter((verb) => verb !== 'show');

  beforeEach(() => {
    box().rebase('/var/lib/rabbitmq', '/var/log/rabbitmq');
    box().standIn('hostname', 'echo broker1');
    box().standIn('sleep');
  });

  it('has booted before: a node that is alone boots by itself', async () => {
    for (const script of [stopUnit, restartUnit]) {
      unit(BOOTS, BOOTS, BOOTS, RUNS);
      members('rabbit@broker1');
      const { code, stderr } = await box().run(script, { setE: true });
      assert.equal(code, 0, stderr);
      assert.match(stderr, /rabbit@broker1 is booting: waiting/);
      const verbs = done();
      if (box().canReplaceTools)
        assert.deepEqual(verbs, ['wait', 'wait', script === stopUnit ? 'stop' : 'restart']);
    }
  });

  it('has booted before, also where it has no data folder yet', async () => {
    unit(BOOTS, BOOTS, RUNS);
    assert.equal((await box().run(stopUnit, { setE: true })).code, 0);
    if (box().canReplaceTools) assert.deepEqual(done(), ['wait', 'stop']);
  });

  it('has been started by the machine before, where that is about to be', async () => {
    unit(
      'ActiveState=inactive\nSubState=dead\nJob=61',
      'ActiveState=inactive\nSubState=dead\nJob=61',
      BOOTS,
      RUNS,
    );
    assert.equal((await box().run(stopUnit, { setE: true })).code, 0);
    if (box().canReplaceTools) assert.deepEqual(done(), ['wait', 'wait', 'stop']);
  });

  it('is not waited for where nothing boots', async () => {
    members('rabbit@broker1');
    for (const state of [
      RUNS,
      'ActiveState=inactive\nSubState=dead\nJob=',
      'ActiveState=failed\nSubState=failed\nJob=',
      'ActiveState=activating\nSubState=auto-restart\nJob=',
      'ActiveState=deactivating\nSubState=stop-sigterm\nJob=7',
    ]) {
      unit(state);
      assert.equal((await box().run(stopUnit, { setE: true })).code, 0);
      assert.deepEqual(done(), ['stop'], state);
    }
  });

  it('is not waited for where it may wait for other members', async () => {
    unit(BOOTS);
    members('rabbit@broker1', "'rabbit@broker-2'");
    assert.equal((await box().run(stopUnit, { setE: true })).code, 0);
    assert.deepEqual(done(), ['stop']);
  });

  it('is not stopped when it does not come up, and its log is shown', async function () {
    if (!box().canReplaceTools) this.skip();
    unit(BOOTS);
    members('rabbit@broker1');
    put(
      'var/log/rabbitmq/rabbit@broker1.log',
      '2026-11-24 23:46:29.807723+00:00 [info] <0.216.0> starting Ra system: coordination\n\n',
    );
    put('now', '1000');
    box().standIn('date', 'cd @ROOT@; n=$(($(cat now) + 100)); echo "$n" >now; echo "$n"');
    const { code, stderr } = await box().run(stopUnit, { setE: true });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /rabbit@broker1 is still booting after 240 s.* Run this again when it is up\. The last lines of .*rabbit@broker1\.log:\ninfo: starting Ra system: coordination$/,
    );
    assert.deepEqual(done(), ['wait', 'wait']);
  });

  it('is waited for by its handler, too', async () => {
    unit(BOOTS, BOOTS, RUNS, 'NeedDaemonReload=no', 'ActiveState=active');
    assert.equal(restartBroker.name, 'restart rabbitmq-server');
    assert.equal((await box().run(restartBroker.script, { setE: true })).code, 0);
    if (box().canReplaceTools) assert.deepEqual(done(), ['wait', 'restart']);
  });
});

describe('what stops a broker', () => {
  /** Where a boot is waited for by other means, cannot be cut off, or where a person is only told what to type. */
  const SEEN_TO = [
    'roles/domain/rabbitmq/rules/cluster-faults.ts',
    'roles/domain/rabbitmq/scripts/boot.ts',
    'roles/domain/rabbitmq/scripts/data-folder.ts',
    'roles/domain/rabbitmq/scripts/start-application.ts',
    'roles/domain/rabbitmq/tasks/able-to-boot.ts',
    'roles/erlang-cookie/cookie.ts',
    'roles/operations/rabbit-forget/index.ts',
    'roles/operations/rabbit-start/advice.ts',
    'roles/rabbit-join/application.ts',
  ];
  const STOPS =
    /systemctl[^\n`]* (?:stop|restart) [^\n`]*\$\{BROKER_SERVICE\}|(?:restart|reload)\(BROKER_SERVICE\)|BROKER_SERVICE, state: '(?:stopped|restarted)'/;

  it('waits for its boot: no role does it in a way of its own', () => {
    const roles = join(process.cwd(), 'roles');
    const files = readdirSync(roles, { recursive: true, encoding: 'utf8' })
      // What proves that a cluster survives faults does harm on purpose.
      .filter((file) => file.endsWith('.ts') && !file.startsWith('proof/'))
      .filter((file) => STOPS.test(readFileSync(join(roles, file), 'utf8')))
      .map((file) => `roles/${file}`);
    assert.deepEqual(files.sort(), SEEN_TO);
  });
});
