import type { HostView } from '../../lib/index.ts';
import { bracketed, serverName } from '../domain/haproxy/names.ts';
import { PEM } from '../domain/haproxy/paths.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { checkLines } from './check.ts';

/** Where clients come in, and how connections are kept. */
export function frontLines(vars: HaproxyVars): readonly string[] {
  const addresses = frontAddresses(vars).map(bracketed);
  const tls = `ssl crt ${PEM} ssl-min-ver ${vars.haproxy_tls_min_version}`;
  const idle = vars.haproxy_keepalive_idle;
  return [
    ...(vars.haproxy_tls_only
      ? []
      : addresses.map((address) => `bind ${address}:${vars.haproxy_front_port}`)),
    ...(vars.haproxy_tls_port === undefined
      ? []
      : addresses.map((address) => `bind ${address}:${vars.haproxy_tls_port} ${tls}`)),
    `maxconn ${vars.haproxy_maxconn}`,
    `balance ${vars.haproxy_balance}`,
    // By itself the kernel begins to ask after two hours.
    ...['cli', 'srv'].flatMap((side) => [
      `option ${side}tcpka`,
      `${side}tcpka-idle ${idle}`,
      `${side}tcpka-intvl 10s`,
      `${side}tcpka-cnt 6`,
    ]),
  ];
}

/** The addresses that clients connect to. */
export function frontAddresses(vars: HaproxyVars): readonly string[] {
  const { haproxy_front_addresses: addresses, haproxy_front_bind: bind } = vars;
  return addresses.length > 0 ? addresses : [bind];
}

/** The brokers, and what makes one healthy. */
export function backendLines(vars: HaproxyVars, backends: readonly HostView[]): readonly string[] {
  const { haproxy_check_inter: inter, haproxy_check_rise: rise, haproxy_check_fall: fall } = vars;
  const options = [
    `check inter ${inter} rise ${rise} fall ${fall}`,
    `weight ${vars.haproxy_weight}`,
    'on-marked-down shutdown-sessions',
    // A port of the check's own keeps the PROXY protocol out of it.
    ...(vars.haproxy_proxy_protocol ? [`port ${vars.haproxy_backend_port} send-proxy-v2`] : []),
  ].join(' ');
  return [
    ...checkLines(vars),
    ...backends.map(
      ({ name, address }) =>
        `server ${serverName(name)} ${bracketed(address)}:${vars.haproxy_backend_port} ${options}`,
    ),
  ];
}
