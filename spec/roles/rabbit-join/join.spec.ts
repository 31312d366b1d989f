import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { changeType, join, startMember } from '../../../roles/rabbit-join/join.ts';
import { inEveryShell, type Sandbox } from '../../support/sandbox.ts';
import { down, running } from '../domain/rabbitmq/nodes.ts';

const seed = { node: 'rabbit@a', members: ['rabbit@a'] };

inEveryShell('a change of membership', (box) => {
  /** The broker's commands as they were called, without the way there. */
  const commands = () =>
    box()
      .calls()
      .filter(([name]) => name === 'runuser' || name === 'systemctl')
      // runuser -u rabbitmq -- rabbitmqctl -q
      .map((call) => call.slice(call[0] === 'runuser' ? 6 : 0).join(' '))
      .filter((call) => !/^systemctl (is-active|show)/.test(call));
  const run = (script: ReturnType<typeof changeType>) => box().run(script, { setE: true });

  beforeEach(() => machine(box()));

  it('joins in order', async () => {
    assert.equal((await run(join(seed, 'ram', running('c', { version: '3.13.7' }), false))).code, 0);
    assert.deepEqual(commands(), ['stop_app', 'reset', 'join_cluster --ram rabbit@a', 'start_app']);
  });

  it('leaves the node running as before when a step fails', async () => {
    const node = running('c', { version: '3.13.7' });
    const stale = { node: 'rabbit@a', members: ['rabbit@a', 'rabbit@c'] };
    for (const step of ['forget_cluster_node', 'reset', 'join_cluster']) {
      writeFileSync(box().path('fails'), step);
      const reply = await run(join(stale, 'disc', node, false));
      assert.equal(reply.code, 1);
      assert.match(reply.stderr, new RegExp(`${step} went wrong`));
      assert.equal(commands().at(-1), 'start_app');
    }
    writeFileSync(box().path('fails'), 'change_cluster_node_type');
    assert.equal((await run(changeType('ram'))).code, 1);
    assert.deepEqual(commands(), ['stop_app', 'change_cluster_node_type ram', 'start_app']);
  });

  it('stops nothing when the seed can not be reached', async () => {
    box().standIn('bash');
    box().standIn('timeout', 'exit 1');
    const reply = await run(join(seed, 'disc', running('c'), false));
    assert.equal(reply.code, 1);
    assert.match(reply.stderr, /port 4369 of a can't be reached from here: open 4369, 25672/);
    assert.deepEqual(commands(), []);
  });

  it('moves what a forgotten node believes out of the way', async () => {
    writeFileSync(box().path('unit'), 'inactive');
    const folder = box().path('var/lib/rabbitmq/mnesia/rabbit@c');
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/cluster_nodes.config`, 'old');
    await run(join(seed, 'disc', down('c', ['rabbit@a', 'rabbit@c']), true));
    assert.ok(!existsSync(folder));
    const [aside = ''] = readdirSync(box().path('var/lib/rabbitmq')).filter((name) =>
      name.startsWith('put-aside'),
    );
    const kept = box().path('var/lib/rabbitmq', aside, 'rabbit@c/cluster_nodes.config');
    assert.equal(readFileSync(kept, 'utf8'), 'old');
    assert.deepEqual(commands().slice(0, 2), [
      'systemctl stop rabbitmq-server',
      'systemctl start rabbitmq-server',
    ]);
  });

  it('restarts the unit where the application does not start in the VM that is there', async () => {
    writeFileSync(box().path('fails'), 'start_app');
    const reply = await run(startMember('disc'));
    assert.equal(reply.code, 0, reply.stderr);
    assert.match(reply.stderr, /start_app went wrong[\s\S]*the unit is restarted/);
    assert.deepEqual(commands().slice(0, 4), [
      'start_app',
      'systemctl stop rabbitmq-server',
      'systemctl start rabbitmq-server',
      'await_startup --timeout 120',
    ]);
  });

  it('starts the application in a VM that is up, else the unit, and then sees to the type', async () => {
    writeFileSync(box().path('type'), 'ram');
    await run(startMember('ram'));
    assert.deepEqual(commands().slice(0, 2), ['start_app', 'await_startup --timeout 120']);
    writeFileSync(box().path('unit'), 'inactive');
    await run(startMember('disc'));
    const done = commands();
    assert.equal(done[0], 'systemctl start rabbitmq-server');
    assert.ok(done.includes('change_cluster_node_type disc'));
    writeFileSync(box().path('type'), 'Error: undef');
    await run(startMember('disc'));
    assert.ok(!commands().join().includes('change_cluster_node_type'));
  });
});

/** A machine with a broker whose tools do nothing but what files tell them. */
function machine(box: Sandbox): void {
  box.rebase('/var/lib/rabbitmq', '/etc/rabbitmq');
  writeFileSync(box.path('fails'), '');
  writeFileSync(box.path('unit'), 'active');
  writeFileSync(box.path('type'), 'disc');
  box.standIn('hostname', 'echo c');
  box.standIn('timeout', 'exit 0');
  box.standIn('tail', 'cat');
  box.standIn('systemctl', 'case $1 in is-active) grep -q "^active$" @ROOT@/unit ;; esac');
  box.standIn(
    'runuser',
    `case $* in *" eval "*) cat @ROOT@/type; exit ;; esac
shift 5
while [ "$1" = -n ]; do shift 2; done
! grep -qx "$1" @ROOT@/fails || { echo "$1 went wrong" >&2; exit 69; }`,
  );
}
