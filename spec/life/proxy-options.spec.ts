import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secret } from '../../lib/index.ts';
import type { HaproxyVars } from '../../roles/domain/haproxy/settings.ts';
import { haproxyConfig } from '../../roles/haproxy-build/config.ts';
import { backends, FRONT_PORT, freshLab, mainPids, PROXIES, vipHolders } from '../e2e/support/cluster.ts';
import {
  LAB,
  lab,
  on,
  type Played,
  play,
  site,
  tasksWith,
  troubles,
  tsPlay,
  until,
} from '../e2e/support/lab.ts';
import { brokers, haproxyWith } from '../roles/haproxy-build/hosts.ts';
import { pem } from '../roles/haproxy-build/pem.ts';

const SOCKET = '/run/haproxy/admin.sock';
const [PROXY] = PROXIES;

/** Combinations that change what HAProxy has to understand. */
const COMBINATIONS: Readonly<Record<string, Partial<HaproxyVars>>> = {
  defaults: {},
  'round robin': { haproxy_balance: 'roundrobin' },
  'AMQP check': { haproxy_check: 'amqp' },
  'AMQP check with PROXY protocol': { haproxy_check: 'amqp', haproxy_proxy_protocol: true },
  'PROXY protocol': { haproxy_proxy_protocol: true },
  'management check': {
    haproxy_check: 'management',
    haproxy_check_user: 'm',
    haproxy_check_password: secret('x'),
    haproxy_proxy_protocol: true,
  },
  'page without login': { haproxy_check: 'management', haproxy_check_uri: '/a%20b' },
  TLS: { haproxy_tls_port: 5674, haproxy_tls_min_version: 'TLSv1.3' },
  'TLS alone': { haproxy_tls_port: 5674, haproxy_tls_only: true },
  'addresses of its own': {
    haproxy_front_addresses: ['192.0.2.200', 'fd00::1'],
    haproxy_front_port: 5672,
  },
  metrics: { haproxy_metrics_port: 8405 },
};

describe('options of the proxies on real hosts', function () {
  this.timeout('10m');

  const folder = mkdtempSync(join(tmpdir(), 'ts-play-options-'));
  const pemFile = join(folder, 'front.pem');
  const drain = join(folder, 'drain.ts');

  before(async () => {
    writeFileSync(pemFile, pem().reveal(), { mode: 0o600 });
    writeFileSync(drain, DRAIN);
    await freshLab();
    const first = await site();
    assert.equal(first.code, 0, troubles(first));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab('down');
  });

  const options = [
    `haproxy_tls_port=5674`,
    `haproxy_tls_pem_file=${pemFile}`,
    'haproxy_metrics_port=8405',
    'haproxy_check=management',
    'haproxy_check_user=admin',
    'haproxy_check_password=lab-admin-password',
    'keepalived_unicast=true',
  ].flatMap((text) => ['-e', text]);
  const further = JSON.stringify({
    keepalived_instances: [{ name: 'second', virtual_router_id: 52, vips: ['192.0.2.201/24'] }],
  });

  for (const [name, changed] of Object.entries(COMBINATIONS)) {
    it(`HAProxy accepts ${name}`, async () => {
      const text = haproxyConfig(haproxyWith(changed), brokers);
      const script = `umask 077; d=$(mktemp -d); cat >$d/haproxy.cfg
cat >$d/front.pem <<'END'
${pem().reveal()}END
echo 'login Basic eDp4' >$d/check-login.map
sed -i "s|/etc/haproxy/front.pem|$d/front.pem|; s|/etc/haproxy/check-login.map|$d/check-login.map|" $d/haproxy.cfg
/usr/app/haproxy/current/sbin/haproxy -c -f $d/haproxy.cfg -f /etc/haproxy/users.cfg; code=$?; rm -rf $d; exit $code`;
      const ended = await tsPlay(['lab', 'exec', '--name', LAB, PROXY, '--', 'sh', '-c', script], {
        stdin: text,
      });
      assert.equal(ended.code, 0, ended.stderr);
      assert.doesNotMatch(ended.stderr, /WARNING/);
    });
  }

  it('takes TLS, metrics, the management check and a second group, as predicted', async () => {
    const check = await site(['--check', '--diff', ...options, '-e', further]);
    assert.equal(check.code, 0, troubles(check));
    const run = await site(['--diff', ...options, '-e', further]);
    assert.equal(run.code, 0, troubles(run));
    assert.deepEqual(tasksWith('changed', run), tasksWith('changed', check));
    for (const { stdout, stderr } of [check, run]) {
      assert.doesNotMatch(stdout + stderr, /PRIVATE KEY|lab-admin-password/);
      assert.ok(!(stdout + stderr).includes(Buffer.from('admin:lab-admin-password').toString('base64')));
    }
    const again = await site([...options, '-e', further]);
    assert.deepEqual(tasksWith('changed', again), []);
  });

  it('finds brokers healthy by their management API, and ill with a wrong password', async () => {
    const all = (word: string) => (status: Readonly<Record<string, string>>) =>
      Object.values(status).length === 3 && Object.values(status).every((each) => each === word);
    const up = await until(() => backends(PROXY), all('UP'), 20);
    assert.ok(all('UP')(up), JSON.stringify(up));
    assert.equal(
      await on(PROXY, 'stat -c %a /etc/haproxy/check-login.map /etc/haproxy/front.pem | uniq'),
      '600',
    );
    await on(
      PROXY,
      `cp -p /etc/haproxy/check-login.map /root/login
sed -i 's/Basic .*/Basic eDp4/' /etc/haproxy/check-login.map; systemctl reload haproxy`,
    );
    const down = await until(() => backends(PROXY), all('DOWN'), 20);
    assert.ok(all('DOWN')(down), JSON.stringify(down));
    await on(PROXY, 'mv /root/login /etc/haproxy/check-login.map; systemctl reload haproxy');
    await until(() => backends(PROXY), all('UP'), 20);
  });

  it('serves TLS, and nothing older than it was told', async () => {
    const greet = (flags: string) =>
      tsPlay([
        'lab',
        'enter',
        '--name',
        LAB,
        '--',
        'sh',
        '-c',
        `printf 'AMQP\\0\\0\\11\\1' |
timeout 5 openssl s_client -quiet -connect 192.0.2.200:5674 ${flags} -CAfile ${pemFile} -verify_return_error`,
      ]);
    assert.match((await greet('-tls1_3')).stdout, /capabilities/);
    assert.match((await greet('-tls1_2')).stdout, /capabilities/);
    assert.doesNotMatch((await greet('-tls1_1')).stdout, /capabilities/);
  });

  it('has metrics, and both groups of addresses on one host each', async () => {
    assert.match(await on(PROXY, 'curl -s 127.0.0.1:8405/metrics'), /^haproxy_backend_active_servers/m);
    assert.equal((await vipHolders()).length, 1);
    const second = await Promise.all(PROXIES.map((host) => on(host, 'ip -o -4 addr show to 192.0.2.201')));
    assert.equal(second.filter(Boolean).length, 1);
  });

  it('drains a broker by the runtime socket, once', async () => {
    const run = (word: string): Promise<Played> =>
      play(drain, ['-e', `drain_state=${word}`], { cwd: folder });
    const state = () =>
      on(
        PROXY,
        `echo 'show servers state rabbitmq_cluster' | socat - UNIX:${SOCKET} | awk '$4 == "hadoop003" {print $7}'`,
      );
    for (const [word, bits] of [
      ['drain', '8'],
      ['maint', '1'],
      ['ready', '0'],
    ] as const) {
      const done = await run(word);
      assert.equal(done.code, 0, troubles(done));
      assert.equal(tasksWith('changed', done).length, PROXIES.length);
      assert.equal(await state(), bits);
      assert.deepEqual(tasksWith('changed', await run(word)), []);
    }
  });

  it('reloads under load without one lost connection', async () => {
    const before = await mainPids('haproxy', PROXIES);
    const script = new URL('../e2e/support/held-connections.js', import.meta.url).pathname;
    const running = tsPlay(
      ['lab', 'enter', '--name', LAB, '--', process.execPath, script, '192.0.2.11', String(FRONT_PORT), '12'],
      { stdin: 'lab-admin-password' },
    );
    await new Promise((resolve) => setTimeout(resolve, 4000));
    for (let round = 0; round < 4; round += 1) {
      await on('hadoop001', 'systemctl reload haproxy');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const { stdout, stderr } = await running;
    const report = JSON.parse(stdout) as Readonly<Record<string, number>>;
    assert.ok((report['confirmed'] ?? 0) > 100 && (report['opened'] ?? 0) > 10, stdout + stderr);
    assert.deepEqual([report['closed'], report['refused']], [0, 0], stdout);
    assert.deepEqual(await mainPids('haproxy', PROXIES), before);
  });

  it('says so when a reload is not taken up, and goes on once the cause is gone', async () => {
    const taken = await site(['--role', 'haproxy-build', ...options, '-e', 'haproxy_metrics_port=15672']);
    assert.equal(taken.code, 2, troubles(taken));
    assert.match(troubles(taken), /goes on with the old one[\s\S]*cannot bind/);
    assert.equal(await on(PROXY, 'systemctl is-active haproxy'), 'active');
    const healed = await site(['--role', 'haproxy-build', ...options]);
    assert.equal(healed.code, 0, troubles(healed));
  });

  it('goes back to what it was without the options, leaving no key behind', async () => {
    const back = await site();
    assert.equal(back.code, 0, troubles(back));
    assert.equal(await on(PROXY, 'ls /etc/haproxy'), 'haproxy.cfg\nusers.cfg');
  });

  it('goes back to a build that is installed, and builds nothing', async () => {
    const other = [
      '-e',
      'haproxy_flags=["TARGET=linux-glibc","USE_OPENSSL=1","USE_PCRE2=1","USE_SYSTEMD=1"]',
    ];
    const current = () => on(PROXY, 'readlink /usr/app/haproxy/current');
    const before = await current();
    const newer = await site(['--role', 'haproxy-build', ...other]);
    assert.equal(newer.code, 0, troubles(newer));
    assert.notEqual(await current(), before);
    const back = await site(['--role', 'haproxy-build', '-e', `haproxy_use_installed=${before}`]);
    assert.equal(back.code, 0, troubles(back));
    assert.equal(await current(), before);
    assert.deepEqual(
      tasksWith('changed', back),
      PROXIES.flatMap((host) => [
        `${host} | haproxy-build | link /usr/app/haproxy/current → ${before}`,
        `${host} | haproxy-build | reload haproxy`,
      ]).sort(),
    );
    const running = await on(PROXY, 'readlink /proc/$(systemctl show -p MainPID --value haproxy)/exe');
    assert.ok(running.includes(before), running);
  });
});

/** A playbook with nothing but the task. */
const DRAIN = `import { defineParametricPlaybook } from 'ts-play';
import { serverState } from 'ts-play/roles/haproxy-build';

export default defineParametricPlaybook({
  name: 'drain',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['drain_state'],
    properties: {
      drain_state: { type: 'string', enum: ['ready', 'drain', 'maint'], description: 'What to do.' },
    },
  },
  make: ({ params }) => ({
    plays: [
      {
        name: 'drain',
        hosts: 'proxies',
        become: true,
        tasks: [serverState({ server: 'hadoop003', state: params.drain_state })],
      },
    ],
  }),
});
`;
