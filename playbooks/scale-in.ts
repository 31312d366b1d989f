import { defineParametricPlaybook, type Inventory, moveHost, type Play } from 'ts-play';
import { anotherProxyIsReady, proxyLeave } from 'ts-play/operations/proxy-leave';
import {
  inventoryPlay,
  mayLeave,
  queueTable,
  rabbitLeave,
  serverDrained,
} from 'ts-play/operations/rabbit-leave';
import { haPolicy } from 'ts-play/roles/ha-policy';
import { haproxyBuild } from 'ts-play/roles/haproxy-build';
import { keepalivedBuild } from 'ts-play/roles/keepalived-build';
import { rabbitPartitions } from 'ts-play/roles/rabbit-config';

/**
 * A host leaves, alive or dead: `ts-play playbooks/scale-in.ts -i INVENTORY --node HOST`. Refused with reasons unless
 * it is proven that nothing is lost. Every step can be killed, and a second run goes on from what the hosts say; the
 * inventory's file is changed last.
 */
export default defineParametricPlaybook({
  name: 'scale-in',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: {
      ...rabbitLeave.params.properties,
      lose: {
        type: 'array',
        items: { type: 'string' },
        default: [],
        description: 'Queues that may be lost with it, as a refusal names them.',
      },
    },
  },
  make({ params: { node, lose }, inventory, write }) {
    const isIn = (group: string) => inventory.groups.get(group)?.includes(node) ?? false;
    const isProxy = isIn('proxies');
    const isBroker = isIn('brokers') || !isProxy;
    refuseLast(inventory, node);
    refuseNamed(inventory, node);
    const outOfProxies = isProxy && isBroker ? moveHost(inventory, node, { from: 'proxies' }) : undefined;
    const edit = moveHost(outOfProxies ?? inventory, node, {
      from: isBroker ? 'brokers' : 'proxies',
      to: 'spares',
    });
    const table = queueTable();
    // What comes later counts on what came before, the change of the inventory's file most of all.
    const all = { become: true, anyErrorsFatal: true };
    const proxyPlay: Play = {
      name: 'virtual address',
      hosts: 'proxies',
      ...all,
      gates: [anotherProxyIsReady],
      roles: [proxyLeave({ host: node })],
    };
    const brokerPlays: readonly Play[] = [
      { name: 'clients', hosts: 'proxies', ...all, tasks: [serverDrained({ host: node })] },
      {
        name: 'node',
        hosts: 'brokers',
        ...all,
        roles: [rabbitLeave({ node }), table.after],
      },
    ];
    const proxyRoles = [haproxyBuild(), ...(isProxy ? [keepalivedBuild()] : [])];
    return {
      inventory: reaching(edit.inventory, inventory, node),
      lock: { name: 'rabbitmq', hosts: `brokers,${node}` },
      plays: [
        {
          name: 'before',
          hosts: 'brokers',
          ...all,
          gates: isBroker ? [mayLeave(node, lose)] : [],
          roles: [table.before],
        },
        ...(isProxy ? [proxyPlay] : []),
        ...(isBroker ? brokerPlays : []),
        { name: 'proxies', hosts: 'proxies', ...all, roles: proxyRoles },
        ...(isBroker
          ? [{ name: 'policy', hosts: 'brokers', ...all, roles: [rabbitPartitions(), haPolicy()] }]
          : []),
        inventoryPlay(edit, { write }),
      ],
    };
  },
});

/** The groups as they will be, and the host still reached as it was: its login may come from the group that it leaves. */
function reaching(after: Inventory, before: Inventory, node: string): Inventory {
  const host = before.hosts.get(node);
  return host === undefined ? after : { ...after, hosts: new Map([...after.hosts, [node, host]]) };
}

function refuseLast({ groups }: Inventory, node: string): void {
  for (const group of ['brokers', 'proxies']) {
    if (groups.get(group)?.join() === node) throw new Error(`${node} is the last host of the group ${group}`);
  }
}

/** What the inventory says by name of a host that is about to go would be wrong afterwards. */
function refuseNamed({ groups, hosts }: Inventory, node: string): void {
  for (const name of groups.get('brokers') ?? []) {
    for (const variable of ['rabbit_seed', 'erlang_cookie_seed']) {
      if (name !== node && hosts.get(name)?.vars[variable] === node) {
        throw new Error(`${variable} names ${node}: name another host there first`);
      }
    }
  }
}
