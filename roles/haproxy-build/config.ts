import { type KnownHost, type Secret, secret } from '../../lib/index.ts';
import { CHROOT, HEALTH_URI, SOCKET } from './paths.ts';
import type { HaproxyVars } from './vars.ts';

/** Connections kept free of clients, so that a full proxy still answers who looks after it. */
const SPARE_CONNECTIONS = 100;

/** haproxy.cfg. Holds no secret. */
export function haproxyConfig(vars: HaproxyVars, backends: readonly KnownHost[]): string {
  return `# Written by ts-play (role haproxy-build): changes made here are lost.
global
    log stdout format short local0 info
    maxconn ${vars.haproxy_maxconn + SPARE_CONNECTIONS}
    user ${vars.haproxy_user}
    group ${vars.haproxy_group}
    chroot ${CHROOT}
    stats socket ${SOCKET} user root group ${vars.haproxy_group} mode 660 level admin expose-fd listeners
    stats timeout 30s
    # An old worker lives as long as its connections, but no longer than this after a reload.
    hard-stop-after ${vars.haproxy_hard_stop_after}

defaults
    log global
    mode tcp
    option tcplog
    option dontlognull
    option redispatch
    retries 3
    timeout connect ${vars.haproxy_timeout_connect}
    timeout client ${vars.haproxy_timeout_client}
    timeout server ${vars.haproxy_timeout_server}
    # A broker whose name does not resolve yet must not keep the others from being served.
    default-server init-addr last,libc,none

listen rabbitmq_cluster
    bind ${vars.haproxy_front_bind}:${vars.haproxy_front_port}
    maxconn ${vars.haproxy_maxconn}
    balance ${vars.haproxy_balance}
    option clitcpka
    option srvtcpka
${backendLines(vars, backends).join('\n')}

listen monitor
    bind ${vars.haproxy_stats_bind}:${vars.haproxy_stats_port}
    mode http
    option httplog
    timeout client 30s
    timeout server 30s
    timeout http-request 10s
    stats enable
    stats uri ${vars.haproxy_stats_uri}
    stats refresh 5s
    stats hide-version
    stats http-request auth realm HAProxy unless { http_auth(stats) }

frontend health
    bind 127.0.0.1:${vars.haproxy_health_port}
    mode http
    timeout client 5s
    timeout http-request 5s
    monitor-uri ${HEALTH_URI}
`;
}

function backendLines(vars: HaproxyVars, backends: readonly KnownHost[]): readonly string[] {
  const { haproxy_check_inter: inter, haproxy_check_rise: rise, haproxy_check_fall: fall } = vars;
  return backends.map(
    ({ name, address }) =>
      `    server ${serverName(name)} ${bracketed(address)}:${vars.haproxy_backend_port} check inter ${inter} rise ${rise} fall ${fall} weight ${vars.haproxy_weight} on-marked-down shutdown-sessions`,
  );
}

/** An inventory name as HAProxy can have it. */
export function serverName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** users.cfg: who may see the stats page. */
export function haproxyUsers(user: string, password: Secret): Secret {
  return secret(`# Written by ts-play (role haproxy-build): changes made here are lost.
userlist stats
    user ${user} insecure-password ${configWord(password.reveal())}
`);
}

/** Text as one word of HAProxy's configuration. */
export function configWord(text: string): string {
  return text.replaceAll(/[\s"'#\\]/g, (character) => `\\${character}`);
}
