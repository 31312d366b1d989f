import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';
import {
  BROKERS,
  type ClusterStatus,
  fingerprint,
  freshLab,
  PROXIES,
  rabbit,
} from '../e2e/support/cluster.ts';
import { lab, on, type Played, play, site, tasksWith, troubles, until } from '../e2e/support/lab.ts';

const [FIRST, , LAST] = BROKERS;
const COOKIE = 'sha256sum </var/lib/rabbitmq/.erlang.cookie';
const OLD = 'lab-admin-password';
const NEW = 'another-admin-password';

const only = (...roles: readonly string[]) => roles.flatMap((role) => ['--role', role]);
const JOINED = only('erlang-cookie', 'rabbit-join');
/** What the proxies would send clients to. Nothing is built: that a proxy does as it is told is seen elsewhere. */
async function backendsToBe(): Promise<readonly string[]> {
  const played = await site(['--check', '--diff', ...only('haproxy-build')]);
  assert.equal(played.code, 0, troubles(played));
  assert.doesNotMatch(warnings(played), /backends|clients/);
  return PROXIES.map((proxy) => {
    const [config = ''] = played.events.flatMap((event) =>
      event.type === 'task' && event.host === proxy && event.task === 'file /etc/haproxy/haproxy.cfg'
        ? [JSON.stringify(event.diff)]
        : [],
    );
    return [...config.matchAll(/ server (\w+) /g)].map(([, name]) => name).join();
  });
}
/** This lab has no virtual address. */
const status = () =>
  play(join(packageRoot, 'playbooks', 'status.ts'), ['-e', 'rabbit_status_proxies=nobody']);

const gateReasons = ({ events }: Played) =>
  events.flatMap((event) => (event.type === 'gate' ? event.reasons : [])).join('\n');
const warnings = ({ events }: Played) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.text] : [])).join('\n');

describe('site.ts on brokers that were there before', function () {
  this.timeout('15m');

  let cookie: string;

  before(async () => {
    await freshLab();
    // A durable queue with messages, and a user that belongs to an application.
    const api = (path: string, rest: string) =>
      `curl -sf -u guest:guest -H content-type:application/json ${rest} http://127.0.0.1:15672/api/${path}`;
    const message = {
      properties: { delivery_mode: 2 },
      routing_key: 'orders',
      payload: 'x',
      payload_encoding: 'string',
    };
    await on(
      LAST,
      `set -e
rabbitmq-plugins -q enable rabbitmq_management
printf '%s\\n' app-password | rabbitmqctl -q add_user app
for i in 1 2 3 4 5 6 7 8 9 10; do ${api('overview', '')} >/dev/null && break; sleep 1; done
${api('queues/%2F/orders', `-X PUT -d '{"durable":true}'`)}
for i in 1 2 3; do ${api('exchanges/%2F/amq.default/publish', `-d '${JSON.stringify(message)}'`)}; done`,
    );
    await until(messages, (count) => count === 3, 10);
    cookie = await on(LAST, COOKIE);
  });
  after(() => lab('down'));

  async function messages(): Promise<number | undefined> {
    const queues = await rabbit<readonly { name: string; messages: number }[]>(
      LAST,
      'list_queues name messages',
    );
    return queues.find(({ name }) => name === 'orders')?.messages;
  }

  const runningNodes = async (host: string) =>
    [...(await rabbit<ClusterStatus>(host, 'cluster_status')).running_nodes]
      .sort()
      .map((node) => node.slice(7));

  const logsIn = async (host: string, password: string) =>
    (await on(host, `printf '%s' ${password} | rabbitmqctl -q authenticate_user admin 2>&1 || :`)).includes(
      'Success',
    );

  it('refuses two that hold data, both named, and changes nothing anywhere', async () => {
    await on(FIRST, 'rabbitmqctl -q add_vhost billing');
    const before = await Promise.all(BROKERS.map(fingerprint));
    for (const args of [['--check'], []]) {
      const refused = await site(args);
      assert.equal(refused.code, 2, troubles(refused));
      const reasons = gateReasons(refused);
      assert.match(
        reasons,
        /hadoop001 \(a cluster of one with 1 virtual host\) and hadoop003 \(.*1 queue, 1 user\)/,
      );
      assert.ok(
        reasons.indexOf('rabbit_seed: hadoop001') < reasons.indexOf('rabbit_allow_data_loss'),
        reasons,
      );
      assert.match(warnings(refused), /not begun: proxies/);
    }
    const after = await Promise.all(BROKERS.map(fingerprint));
    BROKERS.forEach((host, i) => {
      assert.equal(after[i], before[i], host);
    });
    await on(FIRST, 'rabbitmqctl -q delete_vhost billing');
  });

  it('has blank hosts join the one with data, as predicted, with its cookie and nothing lost', async () => {
    const predicted = await site(['--check', ...JOINED]);
    const built = await site(JOINED);
    assert.equal(built.code, 0, troubles(built));
    assert.deepEqual(tasksWith('changed', built), tasksWith('changed', predicted));
    for (const host of BROKERS) {
      assert.equal(await on(host, COOKIE), cookie, host);
      assert.deepEqual(await runningNodes(host), [...BROKERS]);
    }
    assert.equal(await messages(), 3);
    assert.match(await on(FIRST, 'rabbitmqctl -q list_users'), /^app\t/m);
    assert.deepEqual(await backendsToBe(), [BROKERS.join(), BROKERS.join()]);
    const again = await site(JOINED);
    assert.equal(again.code, 0, troubles(again));
    assert.deepEqual(tasksWith('changed', again), []);
    for (const [host, { roundTrips }] of Object.entries(again.recap.hosts)) {
      assert.ok(roundTrips <= 5, `${host}: ${roundTrips} round trips`);
    }
  });

  it('is called well by status.ts', async () => {
    const well = await status();
    assert.equal(well.code, 0, troubles(well));
  });

  it('keeps a backend that only ts-play can not reach', async () => {
    // RabbitMQ's own default for partitions, `ignore`, is what the next cases are about: rabbitmq.conf was left alone.
    await lab('cut', LAST);
    assert.deepEqual(await backendsToBe(), [BROKERS.join(), BROKERS.join()]);
  });

  it('refuses a cluster after a partition, and status.ts ends with 2', async () => {
    const apart = await until(
      () => runningNodes(FIRST),
      (nodes) => nodes.length === 2,
      120,
    );
    assert.deepEqual(apart, ['hadoop001', 'hadoop002']);
    await lab('heal', LAST);
    const partitions = () => on(LAST, "rabbitmqctl -q eval 'rabbit_node_monitor:partitions().'");
    assert.notEqual(await until(partitions, (text) => text !== '[]', 60), '[]');
    const before = await Promise.all(BROKERS.map((host) => logsIn(host, OLD)));
    assert.deepEqual(before, [true, true, true]);

    const refused = await site([...JOINED, '-e', `rabbit_admin_password=${NEW}`]);
    assert.equal(refused.code, 2, troubles(refused));
    assert.deepEqual(tasksWith('changed', refused), []);
    const [, host = '', mend = ''] =
      /as root on (\w+): (systemctl restart [\w-]+)/.exec(gateReasons(refused)) ?? [];
    assert.equal(host, LAST, gateReasons(refused));

    const ill = await status();
    assert.equal(ill.code, 2);
    assert.ok(ill.events.some((event) => event.type === 'report' && event.text.includes('WRONG')));
    await on(host, mend);
  });

  it('is green after the command that was named, and every member got the password', async () => {
    const played = await site([...JOINED, '-e', `rabbit_admin_password=${NEW}`]);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(tasksWith('changed', played), ['hadoop001 | rabbit-join | broker user admin present']);
    assert.ok(played.events.some((event) => event.type === 'gate' && event.moment === 'after'));
    assert.deepEqual(await Promise.all(BROKERS.map((host) => logsIn(host, NEW))), [true, true, true]);
    assert.equal((await status()).code, 0);
    assert.equal(await messages(), 3);
  });
});
