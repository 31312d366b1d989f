import { mkdir, rm, writeFile } from 'node:fs/promises';
import { attempt, command } from './command.ts';
import { controllerAddress, hardwareAddress, hostsFile, subnetPrefix } from './names.ts';
import type { LabPaths } from './paths.ts';

/**
 * The bridge and the controller's place on it. Every step is left out when it is done already, so that a
 * half-made network is completed. Nothing here has a way out: neither namespace knows any other network.
 */
const makeNetwork = `
bridge=$1 controller=$2 address=$3 hardware=$4
for ns in "$bridge" "$controller"; do
  # A name without a namespace behind it is left over from before the machine restarted.
  ip -n "$ns" link show lo >/dev/null 2>&1 || { rm -f "/run/netns/$ns"; ip netns add "$ns"; }
  ip -n "$ns" link set lo up
done
# VRRP speaks multicast, which a snooping bridge without a querier may drop.
ip -n "$bridge" link show br0 >/dev/null 2>&1 ||
  ip -n "$bridge" link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
ip -n "$bridge" link set br0 up
ip -n "$bridge" link show controller >/dev/null 2>&1 ||
  ip -n "$bridge" link add controller type veth peer name eth0 address "$hardware" netns "$controller"
ip -n "$bridge" link set controller master br0 up
ip -n "$controller" address replace "$address" dev eth0
ip -n "$controller" link set eth0 up
`;

/** Makes or completes the lab's network, and the names by which commands on it find the hosts. */
export async function makeLabNetwork(lab: LabPaths, hosts: number): Promise<void> {
  const address = `${controllerAddress}/${subnetPrefix}`;
  const args = [lab.bridgeNamespace, lab.controllerNamespace, address, hardwareAddress('controller')];
  await command(['sh', '-euc', makeNetwork, 'sh', ...args], { failing: "could not make the lab's network" });
  await mkdir(namesFolder(lab), { recursive: true });
  await writeFile(`${namesFolder(lab)}/hosts`, hostsFile(hosts));
}

/** Removes both namespaces and with them all that is in them. */
export async function removeLabNetwork(lab: LabPaths): Promise<void> {
  for (const namespace of [lab.controllerNamespace, lab.bridgeNamespace]) {
    const { code } = await attempt(['ip', 'netns', 'delete', namespace]);
    if (code !== 0) await rm(`/run/netns/${namespace}`, { force: true });
  }
  await rm(namesFolder(lab), { recursive: true, force: true });
}

/** Takes a host's leg at the bridge down or up, as pulling its cable does. */
export async function setLeg(lab: LabPaths, host: string, state: 'down' | 'up'): Promise<void> {
  await command(['ip', '-n', lab.bridgeNamespace, 'link', 'set', host, state], {
    failing: `could not take the leg of ${host} ${state}`,
  });
}

/** `ip netns exec` lays these files over the machine's /etc for whatever it runs. */
function namesFolder(lab: LabPaths): string {
  return `/etc/netns/${lab.controllerNamespace}`;
}
