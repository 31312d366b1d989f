import { type Secret, secret } from '../../lib/index.ts';
import { CHECK_LOGIN } from '../domain/haproxy/paths.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';

/** What a broker answers to AMQP's greeting begins with: a frame on channel 0 with the method connection.start. */
const CONNECTION_START = '^010000[0-9A-F]{8}000A000A';

/**
 * What HAProxy itself would send ahead of a check says that there is no client, and RabbitMQ's process for the
 * connection crashes on that: so the check brings a client of its own.
 */
const PROXY_HEADER = String.raw`PROXY\ TCP4\ 127.0.0.1\ 127.0.0.1\ 9\ 9\r\n`;

/** The lines that say how a broker is checked, beyond that its port accepts. */
export function checkLines(vars: HaproxyVars): readonly string[] {
  const amqp = `connect port ${vars.haproxy_backend_port}`;
  switch (vars.haproxy_check) {
    case 'connect':
      return [];
    case 'amqp':
      return [
        'option tcp-check',
        `tcp-check ${amqp}`,
        ...(vars.haproxy_proxy_protocol ? [`tcp-check send ${PROXY_HEADER}`] : []),
        'tcp-check send-binary 414d515000000901',
        `tcp-check expect rbinary ${CONNECTION_START}`,
      ];
    case 'management':
      return [
        'option tcp-check',
        `tcp-check ${amqp}`,
        `tcp-check connect port ${vars.haproxy_check_port}`,
        `tcp-check send-lf "GET ${checkUri(vars)} HTTP/1.0\\r\\n${authorization(vars)}\\r\\n"`,
        'tcp-check expect rstring ^HTTP/1\\.[01]\\ 200',
      ];
  }
}

function checkUri(vars: HaproxyVars): string {
  // A percent sign would begin something to fill in.
  return (
    vars.haproxy_check_uri?.replaceAll('%', '%%') ??
    `/api/health/checks/port-listener/${vars.haproxy_backend_port}`
  );
}

/** The login is looked up in a file of its own, so that the configuration can be shown. */
function authorization(vars: HaproxyVars): string {
  return checkLogin(vars) ? `Authorization: %[str(login),map(${CHECK_LOGIN})]\\r\\n` : '';
}

/** check-login.map: who asks the management API; undefined when nobody logs in. */
export function checkLogin(vars: HaproxyVars): Secret | undefined {
  const { haproxy_check: check, haproxy_check_user: user, haproxy_check_password: password } = vars;
  if (check !== 'management' || user === undefined || password === undefined) return undefined;
  const login = Buffer.from(`${user}:${password.reveal()}`).toString('base64');
  return secret(
    `# Written by ts-play (role haproxy-build): changes made here are lost.\nlogin Basic ${login}\n`,
  );
}
