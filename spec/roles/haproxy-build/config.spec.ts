import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import { configWord, haproxyConfig, haproxyUsers, serverName } from '../../../roles/haproxy-build/config.ts';
import { haproxyProfile } from '../../../roles/haproxy-build/profile.ts';
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
    # A broker whose name does not resolve yet must not keep the others from being served.
    default-server init-addr last,libc,none

listen rabbitmq_cluster
    bind *:5673
    maxconn 4096
    balance roundrobin
    option clitcpka
    option srvtcpka
    server hadoop001 192.0.2.11:5672 check inter 5000 rise 2 fall 3 weight 1 on-marked-down shutdown-sessions
    server hadoop002 192.0.2.12:5672 check inter 5000 rise 2 fall 3 weight 1 on-marked-down shutdown-sessions

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
        haproxy_balance: 'leastconn',
        haproxy_check_inter: 2000,
        haproxy_check_rise: 1,
        haproxy_check_fall: 2,
        haproxy_weight: 10,
        haproxy_maxconn: 10,
        haproxy_stats_bind: '127.0.0.1',
        haproxy_health_port: 9101,
      }),
      [known('b', 'fd00::1')],
    );
    for (const line of [
      'bind 192.0.2.200:5670',
      'balance leastconn',
      'server b [fd00::1]:5671 check inter 2000 rise 1 fall 2 weight 10 on-marked-down shutdown-sessions',
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

describe("HAProxy's unit", () => {
  it('checks both files before every start and reload', () => {
    const check =
      '/opt/haproxy/current/sbin/haproxy -c -q -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/users.cfg';
    const lines = haproxyUnit('/opt').split('\n');
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
