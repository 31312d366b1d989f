import { type Question, Secret, secret, sh } from '../../lib/index.ts';
import { BROKER_HOME } from '../support/rabbitmq/commands.ts';

/** What a broker's host says beside its broker. */
export interface BrokerHost {
  /** systemd's word for the unit, as in `active`. */
  readonly unit: string;
  /** As in `400 rabbitmq rabbitmq`; empty without a cookie. */
  readonly cookieAccess: string;
  /** The first digits of the cookie's sha256. */
  readonly cookieHash: string;
  /** When its certificate ends, as openssl says it; undefined without one. */
  readonly certificateEnds: string | undefined;
}

/** @param certificate path of the certificate that the broker shows its clients */
export function askBrokerHost(certificate: string | null): Question<BrokerHost> {
  return {
    name: "the broker's host",
    fresh: true,
    script: sh`f=${`${BROKER_HOME}/.erlang.cookie`}
echo "unit=$(systemctl show -p ActiveState --value rabbitmq-server 2>/dev/null)"
if [ -f "$f" ]; then
  echo "access=$(stat -c '%a %U %G' "$f")"
  echo "hash=$(tr -d '\n' <"$f" | sha256sum | cut -c1-12)"
fi
c=${certificate ?? ''}
if [ -n "$c" ] && command -v openssl >/dev/null; then
  echo "ends=$(openssl x509 -noout -enddate -in "$c" 2>/dev/null | cut -d= -f2)"
fi`,
    parse({ stdout }) {
      const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
      return {
        unit: field('unit') || 'none',
        cookieAccess: field('access'),
        cookieHash: field('hash'),
        certificateEnds: field('ends') || undefined,
      };
    },
  };
}

/** What a proxy says: its backends by server, as in `UP`, and the addresses it carries. */
export interface ProxyHost {
  /** Undefined when its stats page gave no answer. */
  readonly servers: Readonly<Record<string, string>> | undefined;
  readonly addresses: readonly string[];
}

/** Where a proxy's stats page is; login as `user:password`. */
export interface StatsPage {
  readonly port: number;
  readonly uri: string;
  readonly login: Secret;
}

/** Reads the stats page's CSV with bash, since not every host has curl; the password goes to stdin alone. */
export function askProxy({ port, uri, login }: StatsPage): Question<ProxyHost> {
  const basic = secret(Buffer.from(login.reveal()).toString('base64'));
  const request = new Secret(
    `GET ${uri};csv HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic ${basic.reveal()}\r\n\r\n`,
  );
  return {
    name: 'the proxy',
    fresh: true,
    script: sh`ip -o -4 addr show | sed -n 's/^.* inet \([0-9.]*\).*/address=\1/p'
printf '%s' ${request} | timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 || exit 1
cat >&3
cat <&3' ${port} 2>/dev/null | sed 's/^/csv=/'`,
    parse({ stdout }) {
      const rows = (word: string) =>
        stdout.split('\n').flatMap((row) => (row.startsWith(`${word}=`) ? [row.slice(word.length + 1)] : []));
      const table = rows('csv').map((row) => row.split(','));
      const columns = table.find(([first]) => first === '# pxname');
      const status = columns?.indexOf('status') ?? -1;
      const servers = table
        .filter(([proxy, name]) => proxy && name && !/^(# pxname|FRONTEND|BACKEND|svname)$/.test(name))
        .filter((row) => row.length > 20)
        .map((row) => [row[1] ?? '', row[status] ?? ''] as const);
      return {
        servers: columns === undefined ? undefined : Object.fromEntries(servers),
        addresses: rows('address'),
      };
    },
  };
}
