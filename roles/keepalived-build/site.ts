import type { HostView, RoleHost, StepContext } from '../../lib/index.ts';
import { withPrefix } from '../domain/keepalived/addresses.ts';
import { instancesOn } from '../domain/keepalived/instances.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';
import type { Site } from './config.ts';
import { addressOf, interfaceOf, type Network, networkFact } from './network.ts';
import { priorities } from './priority.ts';

/** Asks the hosts what their configuration depends on; what they make of it comes by host. */
export async function askSites(
  context: StepContext<KeepalivedVars>,
): Promise<(host: RoleHost<KeepalivedVars>) => Site> {
  const names = context.playHosts.map(({ address }) => address);
  const networks = await context.query(context.hosts, networkFact(names));
  const order = priorities(context.playHosts);
  return (host) => {
    const network = networks.get(host.name);
    if (network === undefined) throw new RangeError(`${host.name} was not asked`);
    return siteOf(host, network, context.playHosts, order);
  };
}

/** One host's part, from its variables and its network. */
export function siteOf(
  host: RoleHost<KeepalivedVars>,
  network: Network,
  playHosts: readonly HostView[],
  order: ReadonlyMap<string, number>,
): Site {
  const { vars } = host;
  const device = vars.keepalived_interface ?? interfaceOf(host, network);
  const carried = network.addresses.filter((each) => each.interface === device);
  // A virtual address that is there already must not lend its own prefix.
  const whole = (vip: string) =>
    withPrefix(
      vip,
      carried.filter(({ address }) => address !== vip),
    );
  return {
    routerId: vars.keepalived_router_id ?? host.name,
    interface: device,
    instances: instancesOn(host.name, vars, order).map((instance) => ({
      ...instance,
      vips: instance.vips.map(whole),
    })),
    unicast: vars.keepalived_unicast
      ? {
          own: addressOf(host, network),
          peers: playHosts.filter(({ name }) => name !== host.name).map((peer) => addressOf(peer, network)),
        }
      : undefined,
  };
}
