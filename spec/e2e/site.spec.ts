import assert from 'node:assert/strict';
import {
  BROKERS,
  backends,
  type ClusterStatus,
  client,
  fingerprint,
  freshLab,
  mainPids,
  PROXIES,
  partitionHandling,
  rabbit,
  STATS_PORT,
  VIP,
  vipHolders,
} from './support/cluster.ts';
import { lab, on, type Played, site, tasksWith, troubles, until } from './support/lab.ts';

describe('site.ts on real hosts', function () {
  this.timeout('10m');

  before(() => freshLab());
  after(() => lab('down'));

  let predicted: Played;
  let first: Played;

  it('--check on fresh hosts touches nothing', async () => {
    const before = await Promise.all(BROKERS.map(fingerprint));
    predicted = await site(['--check', '--diff']);
    assert.equal(predicted.code, 0, troubles(predicted));
    const after = await Promise.all(BROKERS.map(fingerprint));
    BROKERS.forEach((host, i) => {
      assert.equal(after[i], before[i], host);
    });
    assert.ok(tasksWith('changed', predicted).length > 40);
  });

  it('never shows a secret, in check mode with diffs or elsewhere', () => {
    for (const secret of ['lab-admin-password', 'lab-stats-password', 'lab-vrrp']) {
      assert.ok(!predicted.stdout.includes(secret) && !predicted.stderr.includes(secret), secret);
    }
  });

  it('builds the cluster', async () => {
    first = await site([]);
    assert.equal(first.code, 0, troubles(first));
    assert.ok(!/lab-admin-password|lab-stats-password|lab-vrrp/.test(first.stdout + first.stderr));
  });

  it('changes exactly what check mode predicted', () => {
    assert.deepEqual(tasksWith('changed', first), tasksWith('changed', predicted));
    assert.deepEqual(tasksWith('unknown', predicted), []);
  });

  it('compiles each source once and shares the build', () => {
    const compiled = tasksWith('changed', first).filter((task) => / \| build /.test(task));
    assert.deepEqual(
      compiled.map((task) => task.replace(/ \d.*$/, '')),
      ['hadoop001 | haproxy-build | build haproxy', 'hadoop001 | keepalived-build | build keepalived'],
    );
  });

  it('has three running nodes, hadoop002 as ram', async () => {
    for (const host of BROKERS) {
      const status = await rabbit<ClusterStatus>(host, 'cluster_status');
      assert.deepEqual(
        [...status.running_nodes].sort(),
        BROKERS.map((name) => `rabbit@${name}`),
      );
      assert.deepEqual([...status.disk_nodes].sort(), ['rabbit@hadoop001', 'rabbit@hadoop003']);
      assert.deepEqual(status.ram_nodes, ['rabbit@hadoop002']);
      assert.equal(status.cluster_name, 'lab');
    }
  });

  it('has every broker pause as a minority, since nobody says anything else, and rabbitmq.conf left alone', async () => {
    assert.deepEqual(
      await partitionHandling(),
      BROKERS.map(() => 'pause_minority'),
    );
    for (const host of BROKERS) {
      assert.equal(await on(host, 'ls /etc/rabbitmq/rabbitmq.conf 2>/dev/null || echo none'), 'none');
    }
  });

  it('has one cookie everywhere, 0400 and the broker’s', async () => {
    const said = await Promise.all(
      BROKERS.map((host) =>
        on(
          host,
          "stat -c '%a %U %G' /var/lib/rabbitmq/.erlang.cookie; rabbitmq-diagnostics -q erlang_cookie_hash",
        ),
      ),
    );
    assert.equal(new Set(said).size, 1, said.join('\n'));
    assert.match(said[0] ?? '', /^400 rabbitmq rabbitmq\n\S{20,}/);
  });

  it('has an administrator, no guest, and the policy', async () => {
    const users = await rabbit<readonly { user: string; tags: readonly string[] }[]>(
      'hadoop003',
      'list_users',
    );
    assert.deepEqual(users, [{ user: 'admin', tags: ['administrator'] }]);
    await on('hadoop003', 'printf "%s" lab-admin-password | rabbitmqctl -q authenticate_user admin');
    const [policy, ...others] = await rabbit<readonly Record<string, unknown>[]>(
      'hadoop003',
      'list_policies',
    );
    assert.deepEqual(others, []);
    assert.equal(policy?.name, 'ha-all');
    assert.deepEqual(JSON.parse(String(policy?.definition)), {
      'ha-mode': 'all',
      'ha-sync-mode': 'automatic',
    });
  });

  it('has all backends up on both proxies, and a stats page that refuses without a password', async () => {
    for (const proxy of PROXIES) {
      const up = await until(
        () => backends(proxy),
        (status) => Object.values(status).every((word) => word === 'UP'),
        20,
      );
      assert.deepEqual(up, { hadoop001: 'UP', hadoop002: 'UP', hadoop003: 'UP' }, proxy);
      const url = `http://127.0.0.1:${STATS_PORT}/stats`;
      const code = (login: string) => on(proxy, `curl -s ${login} -o /dev/null -w '%{http_code}' ${url}`);
      assert.equal(await code(''), '401');
      assert.equal(await code('-u admin:wrong'), '401');
      assert.equal(await code('-u admin:lab-stats-password'), '200');
    }
  });

  it('has the virtual IP on exactly one host', async () => {
    assert.equal((await vipHolders()).length, 1);
    assert.deepEqual(await vipHolders(['hadoop003']), []);
  });

  it('serves a real client through virtual IP and HAProxy, on a queue that is mirrored', async () => {
    const report = await client(4);
    assert.ok(report.confirmed > 20, JSON.stringify(report));
    assert.equal(report.lost, 0);
    const queues = await rabbit<readonly { name: string; slave_pids: readonly string[] }[]>(
      'hadoop001',
      'list_queues name slave_pids',
    );
    assert.equal(queues.find(({ name }) => name === 'e2e.client')?.slave_pids.length, 2);
  });

  it('changes nothing the second time, in few round trips and without restarting anything', async () => {
    const pids = () =>
      Promise.all([
        mainPids('rabbitmq-server', BROKERS),
        mainPids('haproxy', PROXIES),
        mainPids('keepalived', PROXIES),
      ]);
    const before = await pids();
    const second = await site();
    assert.equal(second.code, 0, troubles(second));
    for (const [host, counts] of Object.entries(second.recap.hosts)) {
      assert.equal(counts.changed, 0, host);
      assert.equal(counts.failed + counts.unknown + counts.unreachable, 0, host);
      assert.ok(counts.roundTrips <= 12, `${host}: ${counts.roundTrips} round trips`);
    }
    assert.deepEqual(await pids(), before);
  });

  it('repairs drift: exactly that, as predicted', async () => {
    await on('hadoop001', 'echo "# by hand" >> /etc/haproxy/haproxy.cfg');
    await on('hadoop002', 'systemctl stop keepalived');
    await on('hadoop003', 'chmod 0644 /var/lib/rabbitmq/.erlang.cookie');
    await on('hadoop002', 'rabbitmqctl -q clear_policy ha-all');
    const drifted = [
      'hadoop001 | ha-policy | policy ha-all on /',
      'hadoop001 | haproxy-build | file /etc/haproxy/haproxy.cfg',
      'hadoop001 | haproxy-build | reload haproxy',
      'hadoop002 | keepalived-build | service keepalived started',
      'hadoop003 | erlang-cookie | Erlang cookie /var/lib/rabbitmq/.erlang.cookie',
    ];
    const haproxy = await mainPids('haproxy', PROXIES);
    const before = await Promise.all(BROKERS.map(fingerprint));
    const check = await site(['--check', '--diff']);
    assert.deepEqual(tasksWith('changed', check), drifted, troubles(check));
    assert.deepEqual(await Promise.all(BROKERS.map(fingerprint)), before);
    assert.match(check.stdout, /-# by hand/);
    const repair = await site();
    assert.equal(repair.code, 0, troubles(repair));
    assert.deepEqual(tasksWith('changed', repair), drifted);
    assert.deepEqual(await mainPids('haproxy', PROXIES), haproxy, 'reloaded, not restarted');
    assert.equal(await on('hadoop003', 'stat -c %a /var/lib/rabbitmq/.erlang.cookie'), '400');
    assert.match(await on('hadoop001', 'rabbitmqctl -q list_policies'), /ha-all/);
    assert.equal(await on('hadoop002', 'systemctl is-active keepalived'), 'active');
    assert.equal((await on('hadoop001', 'cat /etc/haproxy/haproxy.cfg')).includes('by hand'), false);
  });

  it('leaves alone what an operator says of network partitions, and tells it', async () => {
    const conf = '/etc/rabbitmq/rabbitmq.conf';
    const eachDoes = (script: string) => Promise.all(BROKERS.map((host) => on(host, script)));
    await eachDoes(`echo 'cluster_partition_handling = autoheal' >${conf}`);
    const config = ['--role', 'rabbit-config'];
    const check = await site([...config, '--check']);
    const played = await site(config);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(tasksWith('changed', played), tasksWith('changed', check));
    assert.deepEqual(
      await partitionHandling(),
      BROKERS.map(() => 'autoheal'),
    );
    const told = played.events.flatMap((event) => (event.type === 'report' ? [event.text] : []));
    assert.match(
      told.join(),
      /hadoop001, hadoop002, hadoop003: .* = autoheal in \/etc\/rabbitmq\/rabbitmq\.conf/,
    );
    assert.deepEqual(
      await eachDoes(`cat ${conf}`),
      BROKERS.map(() => 'cluster_partition_handling = autoheal'),
    );
    assert.deepEqual(tasksWith('changed', await site(config)), []);
    await eachDoes(`echo 'cluster_partition_handling = ignore' >${conf}`);
    const warned = await site(config);
    assert.deepEqual(tasksWith('changed', warned), []);
    assert.match(
      JSON.stringify(warned.events.filter(({ type }) => type === 'warning')),
      /= ignore in .*pause_minority/,
    );
    await eachDoes(
      `rm ${conf}; rabbitmqctl -q eval 'application:set_env(rabbit, cluster_partition_handling, ignore).'`,
    );
    const back = await site(config);
    assert.equal(back.code, 0, troubles(back));
    assert.deepEqual(
      await partitionHandling(),
      BROKERS.map(() => 'pause_minority'),
    );
  });

  it('reruns one role alone', async () => {
    const only = await site(['--role', 'haproxy-build']);
    assert.equal(only.code, 0, troubles(only));
    const roles = new Set(only.events.flatMap((event) => (event.type === 'task' ? [event.role] : [])));
    assert.deepEqual([...roles], ['haproxy-build']);
    assert.deepEqual(Object.keys(only.recap.hosts).sort(), [...PROXIES]);
  });

  it('works the same for a user who becomes root by sudo, and says what is wrong for one who may not', async () => {
    const sudoer = await site(['-e', 'ansible_user=ops', '--check']);
    assert.equal(sudoer.code, 0, troubles(sudoer));
    assert.deepEqual(tasksWith('changed', sudoer), []);
    const other = await site(['-e', 'ansible_user=plain', '--check']);
    assert.equal(other.code, 2);
    assert.match(troubles(other), /sudo refused/);
  });

  it('moves the virtual IP when HAProxy dies and is kept down; clients work on', async () => {
    const [holder = ''] = await vipHolders();
    const other = PROXIES.find((host) => host !== holder) ?? '';
    const running = client(20);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await on(holder, 'systemctl mask --runtime haproxy && systemctl kill -s KILL haproxy');
    assert.deepEqual(
      await until(
        () => vipHolders(),
        (hosts) => hosts.join() === other,
        20,
      ),
      [other],
    );
    const report = await running;
    assert.equal(report.lost, 0, JSON.stringify(report));
    assert.ok(report.reconnects >= 1, JSON.stringify(report));
    await on(holder, 'systemctl unmask --runtime haproxy; systemctl start haproxy');
    // Without preemption the virtual IP stays where it went.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    assert.deepEqual(await vipHolders(), [other]);
    assert.equal((await client(2)).lost, 0);
  });

  it('moves the virtual IP when keepalived stops', async () => {
    const [holder = ''] = await vipHolders();
    const other = PROXIES.find((host) => host !== holder) ?? '';
    await on(holder, 'systemctl stop keepalived');
    assert.deepEqual(
      await until(
        () => vipHolders(),
        (hosts) => hosts.join() === other,
        20,
      ),
      [other],
    );
    const repair = await site(['--role', 'keepalived-build']);
    assert.equal(repair.code, 0, troubles(repair));
    assert.equal((await vipHolders()).length, 1);
  });

  it('goes on without a host that is unreachable, and says so with exit code 4', async () => {
    await lab('cut', 'hadoop003');
    try {
      const played = await site();
      assert.equal(played.code, 4, troubles(played));
      const { hadoop001, hadoop002, hadoop003 } = played.recap.hosts;
      assert.equal(hadoop003?.unreachable, 1);
      for (const host of [hadoop001, hadoop002]) {
        assert.equal(host?.failed, 0, troubles(played));
        assert.ok((host?.ok ?? 0) > 10);
      }
    } finally {
      await lab('heal', 'hadoop003');
    }
  });

  it(`leaves ${VIP} reachable and the cluster whole`, async () => {
    await until(
      () => rabbit<ClusterStatus>('hadoop001', 'cluster_status'),
      ({ running_nodes }) => running_nodes.length === 3,
      60,
    );
    const last = await site();
    assert.equal(last.code, 0, troubles(last));
  });
});
