import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';
import { BROKERS } from '../e2e/support/cluster.ts';
import { command, LAB, lab, on, type Played, site, tasksWith, troubles } from '../e2e/support/lab.ts';

const [FRESH, CUT_OFF, WITH_DATA] = BROKERS;
const COOKIE = 'FIRSTBOOTSPEC0123456789ABCDEFGH';
const BROKER_ROLES = ['erlang-cookie', 'rabbit-config', 'rabbit-join', 'ha-policy'].flatMap((role) => [
  '--role',
  role,
]);

/** Shell that stops the broker, with `$d` as its data folder. */
const STOPPED = `node=rabbit@$(hostname -s); d=/var/lib/rabbitmq/mnesia/$node; log=/var/log/rabbitmq/$node.log
systemctl stop rabbitmq-server; systemctl reset-failed rabbitmq-server 2>/dev/null; : >"$log"
cd "$d"`;
/** Gives it the cookie of the first case: each attempt to boot takes half a minute, and one for another cookie is left out. */
const SAME_COOKIE = `cat >/var/lib/rabbitmq/.erlang.cookie <<'END'
${COOKIE}
END`;

/** Of the Ra system that keeps the metadata, its log and its terms are lost: it never elects a leader again. */
const NO_LEADER =
  'rm "$d"/coordination/*/*.wal "$d"/coordination/*/meta.dets "$d"/coordination/*/*/*.segment';

const warnings = ({ events }: Played) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
const asides = (host: string) =>
  on(host, 'find /var/lib/rabbitmq -maxdepth 2 -path "*/put-aside-*/*" | sort');
const folderOf = (host: string) =>
  on(
    host,
    'cd /var/lib/rabbitmq/mnesia/rabbit@$(hostname -s) && ls -d * msg_stores/vhosts/* && cat rabbit_serial',
  );
const running = (host: string) =>
  on(host, 'timeout 120 rabbitmqctl -q await_startup && echo runs').catch((error: Error) => error.message);

describe('first boots of brokers', function () {
  this.timeout('20m');

  before(async () => {
    await lab('down');
    await lab('up', '--hosts', '3', '--image', 'trixie');
    await Promise.all(BROKERS.map((host) => on(host, 'timeout 300 systemctl is-system-running --wait')));
  });
  after(() => lab('down'));

  it('are not cut off by a new cookie', async () => {
    await on(
      FRESH,
      `${STOPPED}; cd /; rm -rf /var/lib/rabbitmq/mnesia/*; systemctl start --no-block rabbitmq-server`,
    );
    const played = await site(['--limit', FRESH, '--role', 'erlang-cookie', '-e', `erlang_cookie=${COOKIE}`]);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(tasksWith('changed', played), [
      `${FRESH} | erlang-cookie | Erlang cookie /var/lib/rabbitmq/.erlang.cookie`,
    ]);
    const log = await on(FRESH, 'cat /var/log/rabbitmq/rabbit@$(hostname -s).log');
    assert.match(log, /Server startup complete/);
    assert.ok(!/SIGTERM received|BOOT FAILED|is asked to stop|Stopping RabbitMQ/.test(log), log);
    assert.match(await running(FRESH), /runs/);
  });

  it('that were cut off are begun anew by a rerun; a broker that can not boot and has data is named and left', async () => {
    // Half made: what a node has that is stopped before its store is ready.
    await on(
      CUT_OFF,
      `${STOPPED}; ${NO_LEADER}
for f in *; do case $f in coordination | quorum | cluster_nodes.config | nodes_running_at_shutdown) ;; *) rm -rf "$f" ;; esac; done
${SAME_COOKIE}
systemctl start --no-block rabbitmq-server`,
    );
    await on(
      WITH_DATA,
      `${STOPPED}; ${NO_LEADER}; ${SAME_COOKIE}
systemctl start --no-block rabbitmq-server`,
    );
    const data = await folderOf(WITH_DATA);
    const played = await site([...BROKER_ROLES, '-e', `erlang_cookie=${COOKIE}`]);
    assert.equal(played.code, 2, troubles(played));
    const said = warnings(played).find((text) => text.startsWith(CUT_OFF)) ?? '';
    const [, aside = ''] =
      /^hadoop002: rabbit@hadoop002 was cut off in its first boot .*timeout_waiting_for_leader.* is put aside in (\S+)$/.exec(
        said,
      ) ?? [];
    assert.ok(aside, JSON.stringify(warnings(played)));
    assert.ok(tasksWith('changed', played).includes(`${CUT_OFF} | erlang-cookie | broker boots`));
    assert.match(await asides(CUT_OFF), new RegExp(`^${aside}/rabbit@hadoop002$`, 'm'));
    assert.match(await running(CUT_OFF), /runs/);

    assert.match(
      troubles(played),
      /hadoop003.*rabbit@hadoop003 can't boot\. Its log, .*timeout_waiting_for_leader.*It may hold data, so that nothing of it was touched/s,
    );
    assert.deepEqual(
      tasksWith('failed', played).map((task) => task.split(' | ')[0]),
      [WITH_DATA],
    );
    assert.equal(await folderOf(WITH_DATA), data);
    assert.equal(await asides(WITH_DATA), '');
  });

  it('that were cut off on a host where data was given up are begun as on any other', async () => {
    await on(WITH_DATA, `${STOPPED}; cd /; mv "$d" /var/lib/rabbitmq/put-aside-by-hand`);
    const played = await site(BROKER_ROLES);
    assert.equal(played.code, 0, troubles(played));
    const status = await on(WITH_DATA, 'rabbitmqctl -q cluster_status --formatter json');
    assert.equal((JSON.parse(status) as { running_nodes: unknown[] }).running_nodes.length, 3);
    const again = await site(BROKER_ROLES);
    assert.deepEqual(tasksWith('changed', again), [], troubles(again));
  });
});

describe('first runs on hosts that are still booting', function () {
  this.timeout('30m');

  for (const image of ['bookworm', 'trixie'])
    it(`build the cluster each time, on ${image}`, async () => {
      const script = join(packageRoot, 'spec', 'life', 'first-runs.mjs');
      const args = ['--runs', '2', '--image', image, '--name', LAB, ...BROKER_ROLES];
      const { code, stdout, stderr } = await command([process.execPath, script, ...args], {
        limit: 1_500_000,
      });
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.match(stdout, new RegExp(`^${image}: 2 first runs on fresh hosts, 0 failures$`, 'm'));
    });
});
