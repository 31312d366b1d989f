import { isIP } from 'node:net';
import type { HostView, RoleHost } from '../../lib/index.ts';
import type { Vars } from '../domain/rabbitmq/settings/join.ts';

/** Finds what is wrong with the brokers taken together, before any is contacted. */
export function validate(
  hosts: readonly RoleHost<Vars>[],
  { playHosts }: { readonly playHosts: readonly HostView[] },
): void {
  const [first] = hosts;
  if (hosts.length === playHosts.length && hosts.every((host) => host.vars.rabbit_node_type === 'ram')) {
    throw new Error('every node is a ram node: at least one must be disc, or a restart loses everything');
  }
  const { rabbit_seed: seed, rabbit_allow_data_loss: allowed = [] } = first?.vars ?? {};
  for (const name of [...allowed, ...(seed === undefined ? [] : [seed])]) {
    if (!playHosts.some((host) => host.name === name)) throw new Error(`${name} is no host of this play`);
  }
  if (hosts.find(({ name }) => name === seed)?.vars.rabbit_node_type === 'ram') {
    throw new Error(`rabbit_seed names ${seed}, a ram node: a cluster begins with a disc node`);
  }
  if (hosts.some(({ vars }) => /^\s|\s$|[\r\n]/.test(vars.rabbit_admin_password.reveal()))) {
    throw new Error(
      'rabbit_admin_password begins or ends with a blank, or has several lines: the broker would be given another one',
    );
  }
  if (!hosts.some((host) => host.vars.rabbit_hosts_entries)) return;
  const nameless = playHosts.find(({ address }) => isIP(address) === 0);
  if (nameless) {
    throw new Error(
      `rabbit_hosts_entries needs every node's address, and ${nameless.name} has ${nameless.address}: set its ansible_host to an IP address`,
    );
  }
}
