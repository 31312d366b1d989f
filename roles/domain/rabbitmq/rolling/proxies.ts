import { defineFact, type StepContext, sh } from '../../../../lib/index.ts';

/** What a proxy says of itself. */
export interface ProxyState {
  readonly haproxy: boolean;
  readonly keepalived: boolean;
  /** IPv4 addresses that it has right now. */
  readonly addresses: readonly string[];
}

const askProxy = defineFact<ProxyState>({
  name: 'how its proxy does',
  fresh: true,
  script: sh`systemctl is-active -q haproxy && echo haproxy
systemctl is-active -q keepalived && echo keepalived
ip -o -4 addr show`,
  parse: ({ stdout }) => ({
    haproxy: /^haproxy$/m.test(stdout),
    keepalived: /^keepalived$/m.test(stdout),
    addresses: [...stdout.matchAll(/ inet ([0-9.]+)/g)].map(([, address = '']) => address),
  }),
});

/** The proxies that answer, by name, in the inventory's order. */
export async function proxyStates<V>(
  { group, query }: Pick<StepContext<V>, 'group' | 'query'>,
  name: string,
): Promise<ReadonlyMap<string, ProxyState>> {
  const hosts = group(name);
  const answers = await query(hosts, askProxy);
  return new Map(
    hosts.flatMap((host) => {
      const answer = answers.get(host.name);
      return answer === undefined ? [] : [[host.name, answer] as const];
    }),
  );
}

/** What becomes of the virtual addresses when a host goes out of service. */
export type Handover = 'nothing to do' | 'hand over' | 'nobody to take it';

/** Decides it: only a holder has something to hand over, and only to a proxy that works. */
export function handover(
  host: string,
  vips: readonly string[],
  proxies: ReadonlyMap<string, ProxyState>,
): Handover {
  const own = proxies.get(host);
  if (!own?.keepalived || !vips.some((vip) => own.addresses.includes(vip))) return 'nothing to do';
  const others = [...proxies].filter(([name]) => name !== host);
  return others.some(([, { haproxy, keepalived }]) => haproxy && keepalived)
    ? 'hand over'
    : 'nobody to take it';
}
