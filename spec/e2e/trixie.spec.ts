import assert from 'node:assert/strict';
import { BROKERS, type ClusterStatus, client, declared, rabbit, vipHolders } from './support/cluster.ts';
import { lab, on, type Played, site, tasksWith, troubles, until } from './support/lab.ts';

interface QueueInfo {
  readonly name: string;
  readonly type: string;
  readonly members: readonly string[];
}

const POLICY = 'hadoop001 | ha-policy | policy ha-all on /';
const QUEUE_TYPE = 'hadoop001 | ha-policy | default queue type quorum on /';
const DEFINITION = { 'queue-leader-locator': 'balanced', 'target-group-size': 3, 'delivery-limit': 20 };

describe('site.ts on RabbitMQ 4.0, from the same inventory', function () {
  this.timeout('20m');

  before(async () => {
    await lab('down');
    await lab('up', '--hosts', '3', '--image', 'trixie');
    await Promise.all(BROKERS.map((host) => on(host, 'timeout 120 systemctl is-system-running --wait')));
  });
  after(() => lab('down'));

  it('builds what check mode predicted, and compiles the intent to quorum queues', async () => {
    assert.match(await on('hadoop001', 'rabbitmqctl -q version'), /^4\.0\./m);
    const predicted = await site(['--check']);
    assert.equal(predicted.code, 0, troubles(predicted));
    // Two sources are compiled here, which takes as long as the machine is busy.
    const first = await site([], { limit: 1_000_000 });
    assert.equal(first.code, 0, troubles(first));
    assert.deepEqual(tasksWith('unknown', predicted), []);
    assert.deepEqual(tasksWith('changed', first), tasksWith('changed', predicted));
    assert.deepEqual(await policies(), [['ha-all', 'quorum_queues', DEFINITION]]);
    assert.equal(await defaultQueueType(), 'quorum');
    const { running_nodes, ram_nodes } = await rabbit<ClusterStatus>('hadoop003', 'cluster_status');
    assert.equal(running_nodes.length, 3);
    assert.deepEqual(ram_nodes, ['rabbit@hadoop002']);
  });

  it('gives a client that says no type a quorum queue with a member on every node', async () => {
    assert.equal((await vipHolders()).length, 1);
    const report = await client(4);
    assert.ok(report.confirmed > 20, JSON.stringify(report));
    assert.equal(report.lost, 0);
    const declared = (await queues()).find(({ name }) => name === 'e2e.client');
    assert.equal(declared?.type, 'quorum');
    assert.deepEqual(
      [...(declared?.members ?? [])].sort(),
      BROKERS.map((host) => `rabbit@${host}`),
    );
  });

  it('changes nothing the second time, and has nothing to say of the queue', async () => {
    const second = await site();
    assert.equal(second.code, 0, troubles(second));
    assert.deepEqual(tasksWith('changed', second), []);
    assert.deepEqual(reports(second), []);
  });

  it('repairs policy and default queue type where they were changed by hand', async () => {
    await on('hadoop002', `rabbitmqctl -q set_policy ha-all '^x' '{"max-length":5}' --apply-to queues`);
    await on('hadoop003', 'rabbitmqctl -q update_vhost_metadata / --default-queue-type classic');
    const check = await site(['--check']);
    assert.deepEqual(tasksWith('changed', check), [QUEUE_TYPE, POLICY], troubles(check));
    assert.equal(await defaultQueueType(), 'classic', 'check mode has left it alone');
    const repair = await site();
    assert.deepEqual(tasksWith('changed', repair), [QUEUE_TYPE, POLICY], troubles(repair));
    assert.deepEqual(await policies(), [['ha-all', 'quorum_queues', DEFINITION]]);
    assert.equal(await defaultQueueType(), 'quorum');
  });

  it('leaves the default queue type alone while clients need it for their queues, and sets it afterwards', async () => {
    const NEW_TYPE = 'rabbitmqctl -q update_vhost_metadata / --default-queue-type';
    await on('hadoop001', `${NEW_TYPE} classic`);
    assert.deepEqual(await declared('192.0.2.12', ['app.orders', 'app.mails']), ['ok', 'ok']);
    await on('hadoop001', `${NEW_TYPE} quorum`);
    const [refused = ''] = await declared('192.0.2.12', ['app.orders']);
    assert.match(refused, /406.*inequivalent arg 'x-queue-type'/, 'this is what must not happen');
    await on('hadoop001', `${NEW_TYPE} classic`);
    const kept = /virtual host \/ stays classic.*2 durable classic queues \("app\.mails", "app\.orders"\)/;
    for (const args of [['--check'], []]) {
      const played = await site(['--role', 'ha-policy', ...args]);
      assert.equal(played.code, 0, troubles(played));
      assert.deepEqual(tasksWith('changed', played), []);
      assert.match(warnings(played).join('|'), kept);
    }
    assert.equal(await defaultQueueType(), 'classic');
    assert.deepEqual(await declared('192.0.2.13', ['app.orders', 'app.mails']), ['ok', 'ok']);
    await on('hadoop001', 'for q in app.orders app.mails; do rabbitmqctl -q delete_queue $q; done');
    const later = await site(['--role', 'ha-policy']);
    assert.deepEqual([tasksWith('changed', later), warnings(later)], [[QUEUE_TYPE], []], troubles(later));
    assert.equal(await defaultQueueType(), 'quorum');
  });

  it('lists the queues that no policy can help, with the reason', async () => {
    await declare('old', { durable: true, arguments: { 'x-queue-type': 'classic' } });
    await declare('passing', { durable: false });
    await declare('small', {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-quorum-initial-group-size': 1 },
    });
    await declare('amq-like.but-fine', { durable: true });
    const played = await site(['--role', 'ha-policy']);
    assert.deepEqual(tasksWith('changed', played), []);
    const [text = '', ...more] = reports(played);
    assert.deepEqual(more, []);
    assert.deepEqual(
      text.split('\n').map((line) => line.split(';')[0]),
      [
        'old: a classic queue, which can not become a quorum queue',
        'passing: a classic queue, not durable',
        'small: 1 of 3 members',
      ],
    );
  });

  it('refuses keys of mirrors before anything is changed', async () => {
    const raw = '{"ha_policy_definition": {"ha-promote-on-shutdown": "always"}, "ha_policy_name": "other"}';
    const played = await site(['--role', 'ha-policy', '-e', raw]);
    assert.equal(played.code, 2);
    assert.match(troubles(played), /RabbitMQ 4\.0\.\d+ has no mirrored queues/);
    assert.deepEqual(await policies(), [['ha-all', 'quorum_queues', DEFINITION]]);
  });

  it('loses nothing when a broker loses its power under load', async () => {
    const running = client(15);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await lab('kill', 'hadoop003');
    const report = await running;
    assert.ok(report.confirmed > 20, JSON.stringify(report));
    assert.equal(report.lost, 0, JSON.stringify(report));
    await lab('start', 'hadoop003');
    const { running_nodes } = await until(
      () => rabbit<ClusterStatus>('hadoop001', 'cluster_status'),
      (status) => status.running_nodes.length === 3,
      120,
    );
    assert.equal(running_nodes.length, 3);
  });
});

/** Name, apply-to and definition of every policy, as the broker lists them. */
async function policies(): Promise<readonly unknown[]> {
  const listed = await rabbit<readonly Record<string, unknown>[]>('hadoop003', 'list_policies');
  return listed.map((policy) => [policy.name, policy['apply-to'], JSON.parse(String(policy.definition))]);
}

async function defaultQueueType(): Promise<unknown> {
  const [vhost] = await rabbit<readonly Record<string, unknown>[]>(
    'hadoop003',
    'list_vhosts name default_queue_type',
  );
  return vhost?.['default_queue_type'];
}

function queues(): Promise<readonly QueueInfo[]> {
  return rabbit('hadoop002', 'list_queues name type members');
}

/** Declares a queue as a program would, through the broker's own HTTP interface. */
async function declare(name: string, queue: object): Promise<void> {
  const url = `http://127.0.0.1:15672/api/queues/%2f/${name}`;
  await on(
    'hadoop001',
    `curl -fsS -u admin:lab-admin-password -H 'content-type: application/json' -X PUT '${url}' -d '${JSON.stringify(queue)}'`,
  );
}

function warnings({ events }: Played): readonly string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
}

/** What the role reported, as it is shown. */
function reports({ events }: Played): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'report' && event.role === 'ha-policy' ? [event.text] : [],
  );
}
