import { HEALTH_URI } from '../domain/haproxy/paths.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';

/** The sections for who looks after HAProxy. */
export function monitorSections(vars: HaproxyVars): readonly string[] {
  return [stats(vars), health(vars), ...metrics(vars)];
}

function stats(vars: HaproxyVars): string {
  return `listen monitor
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
`;
}

function health(vars: HaproxyVars): string {
  return `frontend health
    bind 127.0.0.1:${vars.haproxy_health_port}
    mode http
    timeout client 5s
    timeout http-request 5s
    monitor-uri ${HEALTH_URI}
`;
}

function metrics(vars: HaproxyVars): readonly string[] {
  const { haproxy_metrics_port: port, haproxy_metrics_bind: bind } = vars;
  if (port === undefined) return [];
  return [
    `frontend metrics
    bind ${bind}:${port}
    mode http
    option httplog
    option dontlog-normal
    timeout client 30s
    timeout http-request 10s
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 404
`,
  ];
}
