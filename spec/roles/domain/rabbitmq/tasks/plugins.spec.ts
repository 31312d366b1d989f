import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Snapshot } from '../../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { plugins } from '../../../../../roles/domain/rabbitmq/tasks/plugins.ts';
import { inEveryShell, type Sandbox } from '../../../../support/sandbox.ts';
import { answer, down, running } from '../nodes.ts';

const names = ['rabbitmq_management', 'rabbitmq_shovel'];

/** A host with erl_call, which answers what is in `answer`, and the distribution's rabbitmq-plugins. */
function machine(box: Sandbox): void {
  box.rebase('/usr/sbin/rabbitmq-plugins', '/etc/rabbitmq');
  mkdirSync(box.path('usr/sbin'), { recursive: true });
  mkdirSync(box.path('etc/rabbitmq'), { recursive: true });
  box.standIn('hostname', 'echo mq1');
  box.standIn('runuser', '[ "$1 $2 $3" = "-u rabbitmq --" ] || exit 1; shift 3; exec "$@"');
  box.standIn('erl_call', 'cat >@ROOT@/expression; cat @ROOT@/answer');
  box.standIn('rabbitmq-plugins');
  writeFileSync(
    box.path('usr/sbin/rabbitmq-plugins'),
    `#!/bin/sh\nexec ${box.path('.sandbox/bin/rabbitmq-plugins')} "$@"\n`,
    { mode: 0o755 },
  );
}

inEveryShell('plugins', (box) => {
  const enable = (node: Snapshot, wanted = names) =>
    box().run(plugins({ names: wanted }).assess(answer(node), []).apply().script, { setE: true });
  /** The programs that were started and matter. */
  const started = () =>
    box()
      .calls()
      .filter(([name]) => name === 'erl_call' || name === 'rabbitmq-plugins');
  const slow = ['rabbitmq-plugins', '-q', 'enable', ...names];

  beforeEach(() => machine(box()));

  it('of a running broker are enabled by itself, and nothing else is started', async () => {
    writeFileSync(box().path('answer'), '{ok, enabled}');
    assert.equal((await enable(running('mq1'))).code, 0);
    const [call = [], ...others] = started();
    assert.deepEqual(others, []);
    assert.deepEqual(call.toSpliced(2, 1), ['erl_call', '-sname', '-timeout', '10', '-e']);
    assert.match(call[2] ?? '', box().canReplaceTools ? /^rabbit@mq1$/ : /^rabbit@/);
    const expression = readFileSync(box().path('expression'), 'utf8');
    assert.match(expression, /W = \['rabbitmq_management', 'rabbitmq_shovel'\],/);
    assert.match(expression, /^enabled\.$/m);
  });

  it('that run already are not asked for again', async () => {
    writeFileSync(box().path('answer'), '{ok, enabled}');
    await enable(running('mq1', { applications: ['rabbit', 'rabbitmq_management'] }));
    assert.match(readFileSync(box().path('expression'), 'utf8'), /W = \['rabbitmq_shovel'\],/);
  });

  it('are enabled by the distribution’s tool when the broker answers anything else', async () => {
    for (const said of [
      '',
      '{error, {badmatch, []}}',
      '{ok, disabled}',
      '{ok, enabled}\nand more',
      'undef',
    ]) {
      writeFileSync(box().path('answer'), said);
      assert.equal((await enable(running('mq1'))).code, 0, said);
      assert.deepEqual(
        started().map(([name]) => name),
        ['erl_call', 'rabbitmq-plugins'],
        said,
      );
    }
  });

  it('are enabled by the distribution’s tool where there is no erl_call, or it is not let in', async () => {
    box().standIn('erl_call', 'cat >/dev/null; echo "failed to connect" >&2; exit 1');
    assert.deepEqual([(await enable(running('mq1'))).code, started().at(-1)], [0, slow]);
    box().remove('erl_call');
    assert.deepEqual([(await enable(running('mq1'))).code, started()], [0, [slow]]);
  });

  it('of a broker that is down are enabled by the distribution’s tool alone', async () => {
    assert.equal((await enable(down('mq1', ['rabbit@mq1']))).code, 0);
    assert.deepEqual(started(), [slow]);
  });

  it('that can not be enabled either way are a failure', async () => {
    writeFileSync(box().path('answer'), '{error, badmatch}');
    box().standIn('rabbitmq-plugins', 'echo "no such plugin" >&2; exit 2');
    const { code, stderr } = await enable(running('mq1'));
    assert.deepEqual([code, stderr], [2, 'no such plugin']);
    rmSync(box().path('answer'));
    assert.equal((await enable(down('mq1'))).code, 2);
  });
});
