import {
  defineFact,
  type Fact,
  type HostView,
  Secret,
  type StepContext,
  secret,
  sh,
} from '../../../../lib/index.ts';
import { bracketed } from '../names.ts';
import { haproxySettings } from '../settings.ts';

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
export function askStatsPage({ port, uri, login }: StatsPage): Fact<ProxyHost> {
  const basic = secret(Buffer.from(login.reveal()).toString('base64'));
  const request = new Secret(
    `GET ${uri};csv HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic ${basic.reveal()}\r\n\r\n`,
  );
  return defineFact({
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
        .flatMap((row) => {
          const [, server] = row;
          const state = row[status];
          return server === undefined || state === undefined ? [] : [[server, state] as const];
        });
      return {
        servers: columns === undefined ? undefined : Object.fromEntries(servers),
        addresses: rows('address'),
      };
    },
  });
}

/** Where the stats page of a proxy is, as its variables say. */
export function statsPageOf(host: HostView): StatsPage {
  const user = host.setting(haproxySettings, 'haproxy_stats_user');
  const password = host.setting(haproxySettings, 'haproxy_stats_password');
  return {
    port: host.setting(haproxySettings, 'haproxy_stats_port'),
    uri: host.setting(haproxySettings, 'haproxy_stats_uri'),
    login: secret(password === undefined ? `${user}:` : `${user}:${password.reveal()}`),
  };
}

/** The stats page as a person opens it. */
export function statsPageUrl(host: HostView): string {
  const { port, uri } = statsPageOf(host);
  const bind = host.setting(haproxySettings, 'haproxy_stats_bind');
  const address = bind === '*' ? host.address : bind;
  return `http://${bracketed(address)}:${port}${uri}, user ${host.setting(haproxySettings, 'haproxy_stats_user')}`;
}

/** Asks each proxy at its own page; one that can't answer is missing from the result. */
export async function askStatsPages(
  { query }: Pick<StepContext<unknown>, 'query'>,
  proxies: readonly HostView[],
): Promise<ReadonlyMap<string, ProxyHost>> {
  const answers = await Promise.all(
    proxies.map(async (proxy) => [...(await query([proxy], askStatsPage(statsPageOf(proxy))))]),
  );
  return new Map(answers.flat());
}
