import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import { serverName } from '../../../roles/domain/haproxy/names.ts';
import type { HaproxyVars } from '../../../roles/domain/haproxy/settings.ts';
import { checkLogin } from '../../../roles/haproxy-build/check.ts';
import { haproxyConfig } from '../../../roles/haproxy-build/config.ts';
import { haproxyProfile } from '../../../roles/haproxy-build/profile.ts';
import { configWord, haproxyUsers } from '../../../roles/haproxy-build/secrets.ts';
import { haproxyUnit } from '../../../roles/haproxy-build/unit.ts';
import { brokers, haproxyWith, known } from './hosts.ts';

const GOLDEN = `# Written by ts-play (role haproxy-build): changes made here are lost.
global
    log stdout format short local0 info
    maxconn 4196
    user haproxy
    group haproxy
    chroot /var/lib/haproxy
    stats socket /run/haproxy/admin.sock user root group haproxy mode 660 level admin expose-fd listeners
    stats timeout 30s
    # An old worker lives as long as its connections, but no longer than this after a reload.
    hard-stop-after 30m

defaults
    log global
    mode tcp
    option tcplog
    option dontlognull
    option redispatch
    retries 3
    timeout connect 5s
    timeout client 3h
    timeout server 3h
    timeout check 5s
    # A broker whose name does not resolve yet must not keep the others from being served.
    default-server init-addr last,libc,none

listen rabbitmq_cluster
    bind *:5673
    maxconn 4096
    balance leastconn
    option clitcpka
    clitcpka-idle 60s
    clitcpka-intvl 10s
    clitcpka-cnt 6
    option srvtcpka
    srvtcpka-idle 60s
    srvtcpka-intvl 10s
    srvtcpka-cnt 6
    server hadoop001 192.0.2.11:5672 check inter 2000 rise 2 fall 2 weight 1 on-marked-down shutdown-sessions
    server hadoop002 192.0.2.12:5672 check inter 2000 rise 2 fall 2 weight 1 on-marked-down shutdown-sessions

listen monitor
    bind *:8100
    mode http
    option httplog
    timeout client 30s
    timeout server 30s
    timeout http-request 10s
    stats enable
    stats uri /stats
    stats refresh 5s
    stats hide-version
    stats http-request auth realm HAProxy unless { http_auth(stats) }

frontend health
    bind 127.0.0.1:8101
    mode http
    timeout client 5s
    timeout http-request 5s
    monitor-uri /healthz
`;

describe("HAProxy's configuration", () => {
  it('is this by default', () => assert.equal(haproxyConfig(haproxyWith(), brokers), GOLDEN));

  it('follows its variables', () => {
    const text = haproxyConfig(
      haproxyWith({
        haproxy_front_bind: '192.0.2.200',
        haproxy_front_port: 5670,
        haproxy_backend_port: 5671,
        haproxy_balance: 'source',
        haproxy_check_inter: 3000,
        haproxy_check_rise: 1,
        haproxy_check_fall: 4,
        haproxy_weight: 10,
        haproxy_maxconn: 10,
        haproxy_stats_bind: '127.0.0.1',
        haproxy_health_port: 9101,
      }),
      [known('b', 'fd00::1')],
    );
    for (const line of [
      'bind 192.0.2.200:5670',
      'balance source',
      'server b [fd00::1]:5671 check inter 3000 rise 1 fall 4 weight 10 on-marked-down shutdown-sessions',
      'maxconn 110',
      'bind 127.0.0.1:8100',
      'bind 127.0.0.1:9101',
    ]) {
      assert.ok(text.includes(`    ${line}\n`), line);
    }
  });

  it('gives servers names that HAProxy can have', () => {
    assert.equal(serverName('mq 1:eu/west'), 'mq_1_eu_west');
    assert.equal(serverName('hadoop001.example.net'), 'hadoop001.example.net');
  });

  it('keeps the password in a file of its own, as one word', () => {
    const users = haproxyUsers('admin', secret(`a b'c"d#e\\f$g`));
    assert.equal(String(users), '***');
    assert.match(users.reveal(), /^ {4}user admin insecure-password a\\ b\\'c\\"d\\#e\\\\f\$g$/m);
    assert.equal(configWord('plain-1'), 'plain-1');
    const password = secret('gu3ss-me');
    assert.ok(!haproxyConfig(haproxyWith({ haproxy_stats_password: password }), brokers).includes('gu3ss'));
  });
});

describe('the options of HAProxy', () => {
  const lines = (changed: Partial<HaproxyVars>) =>
    haproxyConfig(haproxyWith(changed), brokers)
      .split('\n')
      .map((line) => line.trim());

  it('serve TLS on a port of its own, or there alone', () => {
    const tls = 'bind *:5674 ssl crt /etc/haproxy/front.pem ssl-min-ver TLSv1.3';
    const both = lines({ haproxy_tls_port: 5674, haproxy_tls_min_version: 'TLSv1.3' });
    assert.ok(both.includes(tls) && both.includes('bind *:5673'));
    const only = lines({
      haproxy_tls_port: 5674,
      haproxy_tls_min_version: 'TLSv1.3',
      haproxy_tls_only: true,
    });
    assert.ok(only.includes(tls) && !only.includes('bind *:5673'));
  });

  it('listen on exactly the addresses given', () => {
    const text = lines({
      haproxy_front_addresses: ['192.0.2.200', 'fd00::1'],
      haproxy_front_port: 5672,
    });
    assert.ok(text.includes('bind 192.0.2.200:5672') && text.includes('bind [fd00::1]:5672'));
    assert.ok(!text.some((line) => line.startsWith('bind *:567')));
  });

  it('tell brokers who their clients are, and no check says that it has none', () => {
    const servers = lines({ haproxy_proxy_protocol: true }).filter((line) => line.startsWith('server '));
    assert.ok(servers.length === 2 && servers.every((line) => line.endsWith(' port 5672 send-proxy-v2')));
    const checked = lines({ haproxy_proxy_protocol: true, haproxy_check: 'amqp' });
    assert.ok(checked.includes(String.raw`tcp-check send PROXY\ TCP4\ 127.0.0.1\ 127.0.0.1\ 9\ 9\r\n`));
    assert.ok(!checked.some((line) => line.includes('connect') && line.includes('send-proxy')));
  });

  it("check a broker by AMQP's greeting", () => {
    const text = lines({ haproxy_check: 'amqp' });
    const at = text.indexOf('option tcp-check');
    assert.deepEqual(text.slice(at, at + 4), [
      'option tcp-check',
      'tcp-check connect port 5672',
      'tcp-check send-binary 414d515000000901',
      'tcp-check expect rbinary ^010000[0-9A-F]{8}000A000A',
    ]);
  });

  it('check a broker by its management API, with a login that the configuration does not show', () => {
    const changed = {
      haproxy_check: 'management',
      haproxy_check_user: 'monitor',
      haproxy_check_password: secret('gu3ss-me'),
    } as const;
    const text = lines(changed);
    const at = text.indexOf('option tcp-check');
    assert.deepEqual(text.slice(at, at + 5), [
      'option tcp-check',
      'tcp-check connect port 5672',
      'tcp-check connect port 15672',
      String.raw`tcp-check send-lf "GET /api/health/checks/port-listener/5672 HTTP/1.0\r\nAuthorization: %[str(login),map(/etc/haproxy/check-login.map)]\r\n\r\n"`,
      String.raw`tcp-check expect rstring ^HTTP/1\.[01]\ 200`,
    ]);
    const login = checkLogin(haproxyWith(changed));
    assert.equal(String(login), '***');
    assert.match(
      login?.reveal() ?? '',
      new RegExp(`^login Basic ${Buffer.from('monitor:gu3ss-me').toString('base64')}$`, 'm'),
    );
    assert.ok(
      lines({ haproxy_check: 'management', haproxy_check_uri: '/a%20b' }).some((line) =>
        line.includes('"GET /a%%20b HTTP/1.0'),
      ),
    );
    assert.equal(checkLogin(haproxyWith({ ...changed, haproxy_check: 'amqp' })), undefined);
  });

  it('let Prometheus in on a port of its own', () => {
    const text = lines({ haproxy_metrics_port: 8405, haproxy_metrics_bind: '127.0.0.1' });
    assert.ok(text.includes('bind 127.0.0.1:8405'));
    assert.ok(text.includes('http-request use-service prometheus-exporter if { path /metrics }'));
    assert.ok(!lines({}).includes('frontend metrics'));
  });
});

describe("HAProxy's unit", () => {
  it('checks both files before every start and reload', () => {
    const check =
      '/opt/haproxy/current/sbin/haproxy -c -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/users.cfg';
    const lines = haproxyUnit('/opt/haproxy/current/sbin/haproxy').split('\n');
    assert.equal(
      lines.indexOf(`ExecStartPre=${check}`) + 1,
      lines.findIndex((line) => line.startsWith('ExecStart=')),
    );
    assert.equal(
      lines.indexOf(`ExecReload=${check}`) + 1,
      lines.indexOf('ExecReload=/bin/kill -USR2 $MAINPID'),
    );
    assert.ok(lines.includes('Type=notify') && lines.includes('Restart=always'));
  });

  it('has a profile entry that names no version', () => {
    assert.match(haproxyProfile('/usr/app'), /^export HAPROXY_HOME=\/usr\/app\/haproxy\/current$/m);
  });
});
