import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';
import {
  BROKERS,
  backends,
  type ClusterStatus,
  client,
  freshLab,
  PROXIES,
  partitionHandling,
  rabbit,
  scriptsEnded,
  vipHolders,
} from '../e2e/support/cluster.ts';
import {
  INVENTORY,
  lab,
  type Options,
  on,
  type Played,
  play,
  SITE,
  tasksWith,
  troubles,
} from '../e2e/support/lab.ts';

const SPARE = 'hadoop004';

describe('scale-out.ts and scale-in.ts on real hosts', function () {
  this.timeout('10m');

  let folder: string;
  let inventory: string;
  let original: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ts-play-scale-'));
    inventory = join(folder, 'lab.yml');
    await copyFile(INVENTORY, inventory);
    original = await text();
    await freshLab([...BROKERS, SPARE]);
    const built = await play(SITE, [], { inventory });
    assert.equal(built.code, 0, troubles(built));
    assert.ok(!(SPARE in built.recap.hosts), 'spares are left alone');
    await on(
      'hadoop001',
      'rabbitmqctl -q add_vhost plain && rabbitmqctl -q set_permissions -p plain admin ".*" ".*" ".*"',
    );
    // One queue of each replicated kind beside the client's mirrored one.
    await declare('hadoop001', '%2F/orders', { 'x-queue-type': 'quorum' });
    await declare('hadoop001', '%2F/bills', { 'x-queue-type': 'quorum' });
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab('down');
  });

  const text = () => readFile(inventory, 'utf8');
  const scale = (way: 'in' | 'out', node: string, args: readonly string[] = [], options: Options = {}) =>
    play(join(packageRoot, 'playbooks', `scale-${way}.ts`), ['-e', `node=${node}`, ...args], {
      ...options,
      inventory,
    });

  /** Runs it, and kills it with SIGKILL when this task has been at work for so many milliseconds. */
  async function killed(way: 'in' | 'out', node: string, task: RegExp, after = 700): Promise<void> {
    let hit = false;
    const ended = await scale(way, node, [], {
      onLine(line, kill) {
        const event = JSON.parse(line) as { type: string; task?: string };
        if (hit || event.type !== 'applying' || !task.test(event.task ?? '')) return;
        hit = true;
        setTimeout(() => kill('SIGKILL'), after);
      },
    }).catch((error: unknown) => error);
    assert.ok(hit, `it never came to ${task}`);
    assert.ok(ended instanceof Error, 'it was killed before it could say how it went');
    await scriptsEnded([...BROKERS, SPARE]);
  }

  const declare = (host: string, path: string, args: object = {}) =>
    on(
      host,
      `curl -sf -u admin:lab-admin-password -X PUT -H 'content-type: application/json' \
-d '${JSON.stringify({ durable: true, arguments: args })}' http://127.0.0.1:15672/api/queues/${path}`,
    );

  const members = async (host = 'hadoop001') =>
    [...(await rabbit<ClusterStatus>(host, 'cluster_status')).running_nodes]
      .sort()
      .map((node) => node.slice(7));

  const quorumMembers = async () =>
    (
      await rabbit<readonly { type: string; members: readonly string[] }[]>(
        'hadoop001',
        'list_queues type members',
      )
    )
      .filter(({ type }) => type === 'quorum')
      .map((queue) =>
        queue.members
          .map((node) => node.slice(7))
          .sort()
          .join(),
      );

  function changesNothing(played: Played): void {
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(tasksWith('changed', played), []);
  }

  it('predicts a scale-out, and leaves the file alone', async () => {
    const check = await scale('out', SPARE, ['--check']);
    assert.equal(check.code, 0, troubles(check));
    assert.ok(
      tasksWith('changed', check).some((task) => task.includes('quorum queues and streams have a member')),
    );
    assert.equal(await text(), original);
    assert.deepEqual(await members(), [...BROKERS]);
  });

  it('takes a spare host in while clients work, killed twice on the way', async () => {
    const working = client(110);
    await killed('out', SPARE, /member of the cluster/);
    await killed('out', SPARE, /queues and streams have a member/);
    const played = await scale('out', SPARE);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(await members(), [...BROKERS, SPARE]);
    assert.deepEqual(await quorumMembers(), Array(2).fill([...BROKERS, SPARE].join()));
    for (const proxy of PROXIES) assert.ok(SPARE in (await backends(proxy)), proxy);
    assert.deepEqual(await partitionHandling([...BROKERS, SPARE]), Array(4).fill('pause_minority'));
    changesNothing(await scale('out', SPARE));
    const report = await working;
    assert.ok(report.confirmed > 200, JSON.stringify(report));
    assert.equal(report.lost + report.reconnects, 0, JSON.stringify(report));
    const moved = (await text()).split('\n');
    assert.equal(moved.indexOf(`        ${SPARE}:`), moved.indexOf('        hadoop003:') + 2);
    assert.deepEqual([...moved].sort(), original.split('\n').sort(), 'every line is still there once');
  });

  it('refuses to let the only copy of a durable queue go, and says how to allow it', async () => {
    await declare(SPARE, 'plain/alone');
    const refused = await scale('in', SPARE);
    assert.equal(refused.code, 2);
    const reasons = refused.events.flatMap((event) => (event.type === 'gate' ? event.reasons : []));
    assert.match(
      reasons.join(),
      /the only copy of classic queue alone \(vhost plain\) is on rabbit@hadoop004/,
    );
    assert.deepEqual(tasksWith('changed', refused), []);
    await on('hadoop001', 'rabbitmqctl -q delete_queue -p plain alone');
  });

  it('ends at a step that fails: neither proxies nor the file are changed as if the node had left', async () => {
    const before = await text();
    const tool = '/usr/lib/rabbitmq/bin/rabbitmq-upgrade';
    await on(SPARE, `mount --bind /bin/false ${tool}`);
    const broken = await scale('in', SPARE).finally(() => on(SPARE, `umount ${tool}`));
    assert.equal(broken.code, 2);
    assert.match(troubles(broken), /in maintenance mode/);
    assert.equal(await text(), before);
    assert.deepEqual(await members(), [...BROKERS, SPARE]);
    for (const proxy of PROXIES) assert.ok(SPARE in (await backends(proxy)), proxy);
    const told = broken.events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
    assert.match(told.join('\n'), /not begun: proxies, policy, inventory/);
  });

  it('takes a living node out while clients work, killed twice on the way', async () => {
    const working = client(110);
    // It takes a fraction of a second: later than this the kill would hit the task after it.
    await killed('in', SPARE, /no quorum queue or stream/, 20);
    await killed('in', SPARE, /application of/);
    const played = await scale('in', SPARE);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(await members(), [...BROKERS]);
    assert.deepEqual(await quorumMembers(), Array(2).fill(BROKERS.join()));
    for (const proxy of PROXIES) assert.ok(!(SPARE in (await backends(proxy))), proxy);
    const unit = 'systemctl is-active rabbitmq-server; systemctl is-enabled rabbitmq-server; true';
    assert.equal(await on(SPARE, unit), 'inactive\ndisabled');
    changesNothing(await scale('in', SPARE));
    assert.equal((await working).lost, 0);
    assert.deepEqual((await text()).split('\n').sort(), original.split('\n').sort());
  });

  it('takes a dead node out, tidies it up when it is back, and can take it in again', async () => {
    const joined = await scale('out', SPARE);
    assert.equal(joined.code, 0, troubles(joined));
    await lab('kill', SPARE);
    try {
      const left = await scale('in', SPARE, ['--no-write']);
      assert.equal(left.code, 0, troubles(left));
      assert.deepEqual(await members(), [...BROKERS]);
      const reports = left.events.flatMap((event) => (event.type === 'report' ? [event.title] : []));
      assert.deepEqual(reports, ['queues before and after', `not written to ${inventory}`]);
      assert.match(await text(), /hadoop003:\n.*\n {8}hadoop004:/, 'the file is as it was');
    } finally {
      await lab('start', SPARE);
    }
    const tidied = await scale('in', SPARE);
    assert.equal(tidied.code, 0, troubles(tidied));
    changesNothing(await scale('in', SPARE));
    const again = await scale('out', SPARE);
    assert.equal(again.code, 0, troubles(again));
    assert.deepEqual(await members(), [...BROKERS, SPARE]);
  });

  it('has a proxy hand over its virtual address before it leaves', async () => {
    const [holder = ''] = await vipHolders();
    const other = PROXIES.find((host) => host !== holder) ?? '';
    const working = client(60);
    const played = await scale('in', holder);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(await vipHolders(), [other]);
    assert.equal(
      await on(holder, 'systemctl is-active haproxy keepalived rabbitmq-server; true'),
      'inactive\n'.repeat(3).trim(),
    );
    assert.ok(!(await members(other)).includes(holder));
    assert.equal((await working).lost, 0);
    changesNothing(await scale('in', holder));
    const last = await scale('in', other);
    assert.equal(last.code, 1);
    assert.match(troubles(last), /the last host of the group proxies/);
  });
});
