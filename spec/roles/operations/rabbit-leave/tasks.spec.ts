import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Reply } from '../../../../lib/index.ts';
import { serverDrainedType } from '../../../../roles/domain/haproxy/tasks/server-drained.ts';
import type { Health } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import { hasMaintenance } from '../../../../roles/domain/rabbitmq/scripts/maintenance.ts';
import { forgottenType } from '../../../../roles/domain/rabbitmq/tasks/forgotten.ts';
import { maintenanceType } from '../../../../roles/domain/rabbitmq/tasks/maintenance.ts';
import { withoutMembersType } from '../../../../roles/domain/rabbitmq/tasks/without-members.ts';
import { appStoppedType, resetType } from '../../../../roles/operations/rabbit-leave/membership.ts';
import { inEveryShell } from '../../../support/sandbox.ts';
import { appStopped, down, running } from '../../domain/rabbitmq/nodes.ts';
import { packed } from '../../domain/rabbitmq/packed.ts';
import { a, b, c, health, queue } from '../../domain/rabbitmq/views.ts';

const want = { node: c };
const reply = (stdout: string): Reply => ({ code: 0, stdout, stderr: '' });
const told = (view: Health) => packed(view);
const whats = (changes: readonly { readonly what: string }[]) => changes.map(({ what }) => what);

describe('the tasks of a leave', () => {
  it('shrink what has a member there, but leave the last one alone', () => {
    const queues = [
      queue({ name: 'three' }),
      queue({ name: 'log', type: 'stream', vhost: 'v' }),
      queue({ name: 'two', members: [a, b] }),
      queue({ name: 'last', members: [c] }),
      queue({ name: 'mirrored', type: 'classic' }),
    ];
    const state = withoutMembersType.fact(want).parse(told(health({ queues })));
    assert.deepEqual(whats(withoutMembersType.diff(state, want, [])), ['three', 'log (vhost v)']);
    assert.throws(
      () => withoutMembersType.fact(want).parse(told(health({ queues: null }))),
      /could not be listed/,
    );
    assert.throws(() => withoutMembersType.fact(want).parse(reply('')), /could not be listed/);
  });

  it('stop the application once, and have the node forgotten once', () => {
    assert.deepEqual(whats(appStoppedType.diff(running('c'), want, [])), ['application']);
    for (const state of [appStopped('c'), down('c')])
      assert.deepEqual(appStoppedType.diff(state, want, []), []);
    assert.deepEqual(whats(forgottenType.diff(health(), want, [])), ['membership']);
    assert.deepEqual(forgottenType.diff(health({ members: [a, b] }), want, []), []);
    assert.throws(() => forgottenType.fact(want).parse(reply('')), /did not say who belongs/);
  });

  it('reset what believes in a cluster, and nothing else', () => {
    for (const state of [running('c', { members: [a, c] }), appStopped('c', [a, c]), down('c', [a, c])]) {
      assert.deepEqual(whats(resetType.diff(state, want, [])), ['data']);
    }
    for (const state of [running('c'), appStopped('c'), down('c', [c]), down('c', [], 0, false)]) {
      assert.deepEqual(resetType.diff(state, want, []), []);
    }
  });

  it('know maintenance mode by version, and by what the broker says', () => {
    assert.deepEqual(
      ['3.8.7', '3.8.8', '3.8.34', '3.11.17', '3.11.18', '4.0.5', null].filter(hasMaintenance),
      ['3.8.8', '3.8.34', '3.11.18', '4.0.5'],
    );
    assert.equal(maintenanceType.fact(want).parse(reply('on')), true);
    assert.deepEqual(whats(maintenanceType.diff(maintenanceType.fact(want).parse(reply('off')), want, [])), [
      'maintenance mode',
    ]);
    assert.throws(() => maintenanceType.fact(want).parse(reply('')), /did not say/);
  });

  it('drain the server in every backend that has it and gives it clients', () => {
    const state = serverDrainedType.fact({ host: 'hadoop003' }).parse(
      reply(`1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state
3 amqp 1 hadoop001 192.0.2.11 2 0
3 amqp 2 hadoop003 192.0.2.13 2 0
4 amqps 2 hadoop003 192.0.2.13 2 8
5 mqtt 2 hadoop003 192.0.2.13 0 1
6 stomp 2 hadoop003 192.0.2.13 0 32`),
    );
    const changes = serverDrainedType.diff(state, { host: 'hadoop003' }, []);
    assert.deepEqual(whats(changes), ['server in amqp', 'server in stomp']);
    for (const stdout of ['none', '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state'])
      assert.deepEqual(
        serverDrainedType.fact({ host: 'hadoop003' }).parse(reply(stdout)),
        [],
        'no such server',
      );
    assert.throws(
      () => serverDrainedType.fact({ host: 'hadoop003' }).parse({ code: 69, stdout: '', stderr: 'no tool' }),
      /no tool/,
    );
  });
});

inEveryShell('a reset', (box) => {
  const script = (state: Parameters<typeof resetType.apply>[2]) => {
    const made = resetType.apply(want, [], state);
    assert.ok(!('script' in made));
    return made;
  };
  const folder = () => box().path('var/lib/rabbitmq/mnesia/rabbit@c');

  beforeEach(() => {
    box().rebase('/var/lib/rabbitmq', '/etc/rabbitmq', '/run/ts-play-rabbitmq.lock');
    mkdirSync(box().path('run'), { recursive: true });
    mkdirSync(folder(), { recursive: true });
    writeFileSync(`${folder()}/cluster_nodes.config`, 'old');
    box().standIn('hostname', 'echo c');
    box().standIn('systemctl');
  });

  it('is the broker’s own where its VM is up', async () => {
    box().standIn('runuser');
    assert.equal((await box().run(script(appStopped('c', [a, c])), { setE: true })).code, 0);
    assert.ok(existsSync(folder()));
    assert.deepEqual(asked(), ['reset']);
  });

  it('is forced when the others know it no more', async () => {
    box().standIn('runuser', 'for w; do last=$w; done; [ "$last" = force_reset ]');
    assert.equal((await box().run(script(appStopped('c', [a, c])), { setE: true })).code, 0);
    assert.deepEqual(asked(), ['reset', 'force_reset']);
    assert.ok(existsSync(folder()));
  });

  it('puts the folder aside where the broker would not start', async () => {
    box().standIn('runuser', 'exit 1');
    assert.equal((await box().run(script(down('c', [a, c])), { setE: true })).code, 0);
    assert.deepEqual(asked(), []);
    assert.ok(!existsSync(folder()));
  });

  function asked(): readonly string[] {
    return box()
      .calls()
      .filter(([name]) => name === 'runuser')
      .map((call) => call.at(-1) ?? '');
  }
});
