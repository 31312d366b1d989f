import type { HostView } from '../../lib/index.ts';
import { BACKEND } from '../domain/haproxy/names.ts';
import { CHROOT, SOCKET } from '../domain/haproxy/paths.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { backendLines, frontLines } from './cluster.ts';
import { monitorSections } from './monitor.ts';

/** Connections kept free of clients, so that a full proxy still answers who looks after it. */
const SPARE_CONNECTIONS = 100;

/** haproxy.cfg. Holds no secret. */
export function haproxyConfig(vars: HaproxyVars, backends: readonly HostView[]): string {
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
    timeout check ${vars.haproxy_check_timeout}
    # A broker whose name does not resolve yet must not keep the others from being served.
    default-server init-addr last,libc,none

listen ${BACKEND}
${[...frontLines(vars), ...backendLines(vars, backends)].map((line) => `    ${line}\n`).join('')}
${monitorSections(vars).join('\n')}`;
}
