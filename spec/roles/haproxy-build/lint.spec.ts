import assert from 'node:assert/strict';
import { haproxyBuild } from '../../../roles/haproxy-build/index.ts';
import { secondsOf } from '../../../roles/haproxy-build/lint.ts';
import { keepalivedBuild } from '../../../roles/keepalived-build/index.ts';
import { rabbitConfig } from '../../../roles/rabbit-config/index.ts';
import { brief, lintPlays } from '../../lint/support.ts';

/** `vars` is what all hosts have, on line 2. */
const inventory = (vars: string) => `all:
  vars: { haproxy_source: 'https://192.0.2.1/h.tar.gz', ${vars} }
  children:
    brokers:
      hosts:
        mq1: { ansible_host: 192.0.2.11 }
        mq2: { ansible_host: 192.0.2.12 }
        mq3: { ansible_host: 192.0.2.13 }
    proxies:
      vars:
        haproxy_sha256: ${'a'.repeat(64)}
        keepalived_source: https://192.0.2.1/k.tar.gz
        keepalived_sha256: ${'a'.repeat(64)}
        keepalived_auth_pass: lab-vrrp
        keepalived_vips: [192.0.2.200/24]
      hosts: { mq1: , mq2: }
`;
const PASSWORD = 'haproxy_stats_password: a-long-enough-one';
const roles = [haproxyBuild(), keepalivedBuild()];
const lint = async (vars: string, hosts = 'proxies') =>
  lintPlays(
    [{ name: 'proxies', hosts, roles }],
    inventory(vars.includes('stats_password') ? vars : `${PASSWORD}, ${vars}`),
  );
const rules = async (...args: Parameters<typeof lint>) => brief(await lint(...args));

describe('the design of haproxy-build', () => {
  it('is sound by default', async () => assert.deepEqual(await rules('x: 1'), []));

  it('lets quiet connections live', async () => {
    const client = (time: string, more = 'x: 1') => rules(`haproxy_timeout_client: ${time}, ${more}`);
    assert.deepEqual(await client('30s'), ['error timeout-below-heartbeat 2']);
    assert.deepEqual(await client('59999ms'), ['warning timeout-below-heartbeat 2']);
    assert.deepEqual(await client('120s'), ['hint timeout-short 2']);
    assert.deepEqual(await client('1d'), []);
    const heartbeat = (seconds: number) => `rabbit_config_settings: { heartbeat: "${seconds}" }`;
    assert.deepEqual(await client('120s', heartbeat(300)), ['error timeout-below-heartbeat 2']);
    assert.deepEqual(await client('20s', heartbeat(0)), ['hint timeout-short 2']);
    assert.deepEqual(await rules('haproxy_timeout_server: 10s'), ['error timeout-below-heartbeat 2']);
    const [shared] = await lint('haproxy_timeout_client: 120s');
    assert.deepEqual([shared?.hosts, shared?.variable], [['mq1', 'mq2'], 'haproxy_timeout_client']);
  });

  it('reads the heartbeat off the role that writes it to rabbitmq.conf', async () => {
    const plays = [
      {
        name: 'brokers',
        hosts: 'brokers',
        roles: [rabbitConfig({ rabbit_config_settings: { heartbeat: '300' } })],
      },
      { name: 'proxies', hosts: 'proxies', roles },
    ];
    const vars = `${PASSWORD}, haproxy_timeout_client: 120s`;
    assert.deepEqual(brief(await lintPlays(plays, inventory(vars))), ['error timeout-below-heartbeat 2']);
  });

  it('reads times as HAProxy does', () => {
    assert.deepEqual(['90', '2us', '1500ms', '5s', '2m', '3h', '1d'].map(secondsOf), [
      ...[0.09, 0.000002, 1.5, 5, 120, 10_800, 86_400],
    ]);
  });

  it('has a password for the stats page that nobody guesses', async () => {
    for (const weak of ['admin', 'changeme', 'short', '"12345678"'])
      assert.deepEqual(
        await rules(`haproxy_stats_password: ${weak}`),
        ['warning stats-password-weak 2'],
        weak,
      );
    assert.deepEqual(await rules('haproxy_stats_password: admin, haproxy_stats_bind: 127.0.0.1'), []);
    assert.doesNotMatch(JSON.stringify(await lint('haproxy_stats_password: changeme')), /changeme/);
  });

  it('has more than one proxy', async () => {
    assert.deepEqual(await rules('x: 1', 'mq1'), ['warning one-proxy 6', 'warning vip-alone 15']);
  });

  describe('and its clients', () => {
    it('use a port that the proxies offer', async () => {
      assert.deepEqual(await rules('client_port: 5673'), []);
      const [finding, ...rest] = await lint('amqp_port: 5672');
      assert.deepEqual([finding?.severity, finding?.rule, rest], ['error', 'client-port-not-offered', []]);
      assert.match(finding?.why ?? '', /brokers' own port.*past HAProxy.*offer 5673/);
      assert.match((await lint('client_port: [5673, 5674]'))[0]?.what ?? '', /port 5674/);
    });

    it('come by the VIP, as far as URLs tell', async () => {
      const url = (text: string) => rules(`app: { env: ['BROKER=amqp${text}'] }`);
      assert.deepEqual(await url('://app:pw@192.0.2.200:5673/v'), []);
      assert.deepEqual(await url('://app:pw@192.0.2.200/v'), ['error client-port-not-offered 2']);
      assert.deepEqual(await url('s://app:pw@192.0.2.200/v'), ['error client-port-not-offered 2']);
      assert.deepEqual(await url('://app:pw@mq3:5672'), ['warning client-past-proxy 2']);
      assert.deepEqual(await url('://app:pw@192.0.2.11:5672'), ['warning client-past-proxy 2']);
      assert.deepEqual(await url('://app:pw@192.0.2.11:5673'), ['hint client-past-vip 2']);
      assert.deepEqual(await url('://app:pw@elsewhere.example:1'), []);
      assert.deepEqual(await url('://'), []);
    });

    it('come by any of the virtual addresses', async () => {
      const further = "keepalived_instances: [{ name: b, virtual_router_id: 52, vips: ['192.0.2.201'] }]";
      const wrong = (vars: string) => rules(`app: 'amqp://u:p@192.0.2.201:5679', ${vars}`);
      assert.deepEqual(await wrong(further), ['error client-port-not-offered 2']);
      assert.deepEqual(await wrong('x: 1'), []);
    });

    it('keep their passwords to themselves', async () => {
      const findings = await lint("url: 'amqp://app:not-for-the-screen@mq3'");
      assert.equal(findings.length, 1);
      assert.doesNotMatch(JSON.stringify(findings), /not-for-the-screen/);
    });
  });
});
