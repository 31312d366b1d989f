import { mkdir, rm, writeFile } from 'node:fs/promises';
import { attempt, command } from './command.ts';
import { controllerAddress, hardwareAddress, hostsFile, subnetPrefix } from './names.ts';
import type { LabPaths } from './paths.ts';

/**
 * Creates the bridge and the controller's interface. Every step is skipped when it is done already, so that an
 * incomplete network is completed. The network is isolated: neither namespace has a route to any other network.
 */
const makeNetwork = `
bridge=$1 controller=$2 address=$3 hardware=$4
for ns in "$bridge" "$controller"; do
  # A name without a namespace is left over from before the machine restarted.
  ip -n "$ns" link show lo >/dev/null 2>&1 || { rm -f "/run/netns/$ns"; ip netns add "$ns"; }
  ip -n "$ns" link set lo up
done
# VRRP uses multicast, which a snooping bridge without a querier may drop.
ip -n "$bridge" link show br0 >/dev/null 2>&1 ||
  ip -n "$bridge" link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
ip -n "$bridge" link set br0 up
ip -n "$bridge" link show controller >/dev/null 2>&1 ||
  ip -n "$bridge" link add controller type veth peer name eth0 address "$hardware" netns "$controller"
ip -n "$bridge" link set controller master br0 up
ip -n "$controller" address replace "$address" dev eth0
ip -n "$controller" link set eth0 up
`;

/** Creates or completes the lab's network, and the /etc/hosts for commands on it. */
export async function makeLabNetwork(lab: LabPaths, hosts: number): Promise<void> {
  const address = `${controllerAddress}/${subnetPrefix}`;
  const args = [lab.bridgeNamespace, lab.controllerNamespace, address, hardwareAddress('controller')];
  await command(['sh', '-euc', makeNetwork, 'sh', ...args], { failing: "can't create the lab's network" });
  await mkdir(namesFolder(lab), { recursive: true });
  await writeFile(`${namesFolder(lab)}/hosts`, hostsFile(hosts));
}

/** Removes both namespaces with everything in them. */
export async function removeLabNetwork(lab: LabPaths): Promise<void> {
  for (const namespace of [lab.controllerNamespace, lab.bridgeNamespace]) {
    const { code } = await attempt(['ip', 'netns', 'delete', namespace]);
    if (code !== 0) await rm(`/run/netns/${namespace}`, { force: true });
  }
  await rm(namesFolder(lab), { recursive: true, force: true });
}

/** Sets a host's interface at the bridge down or up, like a pulled cable. */
export async function setLeg(lab: LabPaths, host: string, state: 'down' | 'up'): Promise<void> {
  await command(['ip', '-n', lab.bridgeNamespace, 'link', 'set', host, state], {
    failing: `can't set the network interface of ${host} ${state}`,
  });
}

/** `ip netns exec` mounts the files in this folder over those in /etc for the command that it runs. */
function namesFolder(lab: LabPaths): string {
  return `/etc/netns/${lab.controllerNamespace}`;
}
