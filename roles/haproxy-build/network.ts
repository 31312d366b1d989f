import { sysctl, type Task } from '../../lib/index.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';

/** Lets HAProxy listen on addresses that the host does not have at the moment. */
export function networkTasks({ haproxy_front_addresses: addresses }: HaproxyVars): readonly Task[] {
  const families = new Set(addresses.map((address) => (address.includes(':') ? 'ipv6' : 'ipv4')));
  return [...families].map((family) =>
    sysctl({ name: `net.${family}.ip_nonlocal_bind`, value: 1 }, { tags: ['config'] }),
  );
}
