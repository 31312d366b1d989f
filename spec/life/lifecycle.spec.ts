import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';
import {
  BROKERS,
  backends,
  client,
  freshLab,
  mainPids,
  PROXIES,
  rabbit,
  scriptsEnded,
  vipHolders,
} from '../e2e/support/cluster.ts';
import {
  lab,
  type Options,
  on,
  type Played,
  play,
  site,
  tasksWith,
  troubles,
  until,
} from '../e2e/support/lab.ts';

const run = (name: string, args: readonly string[] = [], options?: Options) =>
  play(join(packageRoot, 'playbooks', `${name}.ts`), args, options);

const gateReasons = ({ events }: Played) =>
  events.flatMap((event) => (event.type === 'gate' ? event.reasons : [])).join();

/** What a rolling run must never leave behind: anything drained, in maintenance, stopped, or marked so. */
async function assertAllInService(): Promise<void> {
  for (const proxy of PROXIES) {
    const words = await until(
      () => backends(proxy),
      (status) => Object.values(status).every((word) => word === 'UP'),
      30,
    );
    assert.deepEqual(words, { hadoop001: 'UP', hadoop002: 'UP', hadoop003: 'UP' }, proxy);
    assert.equal(await on(proxy, 'systemctl is-active keepalived'), 'active');
  }
  const { maintenance_status: states } = await rabbit<{
    readonly maintenance_status: Readonly<Record<string, string>>;
  }>('hadoop001', 'cluster_status');
  assert.deepEqual(
    Object.values(states),
    BROKERS.map(() => 'not under maintenance'),
  );
  assert.equal((await vipHolders()).length, 1);
  for (const host of BROKERS)
    assert.match(await on(host, 'ls /var/lib/ts-play/rabbitmq/out 2>/dev/null || :'), /^(rolled)?$/, host);
}

describe("a cluster's life on real hosts", function () {
  this.timeout('15m');

  before(async () => {
    await freshLab();
    const built = await site();
    assert.equal(built.code, 0, troubles(built));
  });
  after(() => lab('down'));

  it('stops as predicted, ram first, and tells every host the order', async () => {
    const predicted = await run('stop-cluster', ['--check']);
    const stopped = await run('stop-cluster');
    assert.equal(stopped.code, 0, troubles(stopped));
    assert.deepEqual(tasksWith('changed', stopped), tasksWith('changed', predicted));
    for (const host of BROKERS) {
      assert.equal(await on(host, 'systemctl is-active rabbitmq-server || :'), 'inactive');
      assert.deepEqual(JSON.parse(await on(host, 'cat /var/lib/ts-play/rabbitmq/stop-order.json')), {
        order: ['rabbit@hadoop002', 'rabbit@hadoop003', 'rabbit@hadoop001'],
      });
    }
    assert.deepEqual(tasksWith('changed', await run('stop-cluster')), []);
  });

  it('starts again, all nodes', async () => {
    const started = await run('start-cluster');
    assert.equal(started.code, 0, troubles(started));
    const { running_nodes } = await rabbit<{ readonly running_nodes: readonly string[] }>(
      'hadoop002',
      'cluster_status',
    );
    assert.equal(running_nodes.length, 3);
    assert.deepEqual(tasksWith('changed', await run('start-cluster')), []);
  });

  it('is restarted node by node under a client that loses nothing', async () => {
    const before = await mainPids('rabbitmq-server', BROKERS);
    const publishing = client(90);
    let other: Promise<Played> | undefined;
    const rolled = await run('restart-rolling', [], {
      onLine(line) {
        if (other === undefined && line.includes('"applying"')) other = site();
      },
    });
    assert.equal(rolled.code, 0, troubles(rolled));
    const refused = await other;
    assert.equal(refused?.code, 2, 'nobody else may work on the cluster meanwhile');
    assert.match(gateReasons(refused), /runs \S+restart-rolling\.ts \(process \d+\), since 20/);
    assert.deepEqual(tasksWith('changed', refused), []);
    const after = await mainPids('rabbitmq-server', BROKERS);
    for (const [i, host] of BROKERS.entries()) assert.notEqual(after[i], before[i], host);
    await assertAllInService();
    const report = await publishing;
    assert.ok(report.confirmed > 100, JSON.stringify(report));
    assert.equal(report.lost, 0, JSON.stringify(report));
  });

  it('touches nothing while a queue would lose its majority', async () => {
    const queue = 'http://127.0.0.1:15672/api/queues/%2F/at-risk';
    const api = (args: string) => on('hadoop001', `curl -sf -u admin:lab-admin-password ${args} ${queue}`);
    await api(
      `-X PUT -H content-type:application/json -d '{"durable":true,"arguments":{"x-queue-type":"quorum"}}'`,
    );
    await on('hadoop001', 'sleep 3; rabbitmq-queues -q delete_member at-risk rabbit@hadoop002');
    const before = await mainPids('rabbitmq-server', BROKERS);
    const refused = await run('restart-rolling');
    assert.equal(refused.code, 2);
    assert.match(gateReasons(refused), /at-risk would have 1 of 2 members left/);
    assert.deepEqual(await mainPids('rabbitmq-server', BROKERS), before);
    await api('-X DELETE');
  });

  it('puts a node that can not be restarted back into service, and goes on later', async () => {
    const before = await mainPids('rabbitmq-server', BROKERS);
    await on('hadoop002', 'systemctl mask --runtime rabbitmq-server');
    const failed = await run('restart-rolling');
    await on('hadoop002', 'systemctl unmask --runtime rabbitmq-server');
    assert.equal(failed.code, 2);
    const after = await mainPids('rabbitmq-server', BROKERS);
    assert.notEqual(after[0], before[0]);
    assert.deepEqual(after.slice(1), before.slice(1));
    await assertAllInService();
  });

  it('ends well after a run that was killed in the middle', async () => {
    const before = await mainPids('rabbitmq-server', BROKERS);
    await run('restart-rolling', [], {
      onLine: (line, kill) => {
        if (line.includes('"applying"') && line.includes('"restart the broker"')) kill('SIGKILL');
      },
    }).catch(() => {});
    await scriptsEnded(BROKERS);
    assert.match(await on('hadoop002', 'ls /var/lib/ts-play/rabbitmq/out'), /server-hadoop002/);
    const again = await run('restart-rolling');
    assert.equal(again.code, 0, troubles(again));
    const after = await mainPids('rabbitmq-server', BROKERS);
    assert.equal(after[0], before[0], 'restarted by the run that this one goes on from');
    assert.notEqual(after[1], before[1]);
    assert.notEqual(after[2], before[2]);
    await assertAllInService();
    assert.equal(await on('hadoop001', 'ls /var/lib/ts-play/rabbitmq/out'), '');
  });

  it('refuses an upgrade that can not be made, and leaves a cluster that has the version', async () => {
    const refused = await run('upgrade-rolling', ['-e', 'version=4.0.5']);
    assert.equal(refused.code, 2);
    const before = await mainPids('rabbitmq-server', BROKERS);
    const same = await run('upgrade-rolling');
    assert.equal(same.code, 0, troubles(same));
    assert.deepEqual(await mainPids('rabbitmq-server', BROKERS), before);
    // The broker's package leaves some flags off; the next upgrade would need them.
    const flags = await rabbit<readonly { readonly state: string }[]>(
      'hadoop003',
      'list_feature_flags state',
    );
    assert.ok(flags.length > 3 && flags.every(({ state }) => state === 'enabled'), JSON.stringify(flags));
    assert.deepEqual(tasksWith('changed', await run('upgrade-rolling')), []);
  });

  it('says which lost node it waits for, and starts without it once that is forgotten', async () => {
    await run('stop-cluster');
    await lab('kill', 'hadoop001');
    const blocked = await run('start-cluster');
    assert.notEqual(blocked.code, 0);
    assert.match(troubles(blocked), /can't start without rabbit@hadoop001/);
    assert.match(troubles(blocked), /forget_cluster_node --offline rabbit@hadoop001/);
    assert.equal(await on('hadoop003', 'systemctl is-active rabbitmq-server || :'), 'inactive');
    await run('forget-node', ['-e', 'node=hadoop001', '-e', 'offline=true']);
    await run('start-cluster');
    const { running_nodes, disk_nodes } = await rabbit<{
      readonly running_nodes: readonly string[];
      readonly disk_nodes: readonly string[];
    }>('hadoop003', 'cluster_status');
    assert.deepEqual([...running_nodes].sort(), ['rabbit@hadoop002', 'rabbit@hadoop003']);
    assert.deepEqual(disk_nodes, ['rabbit@hadoop003']);
  });
});
