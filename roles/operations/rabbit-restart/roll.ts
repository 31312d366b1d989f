import {
  type Gate,
  type Inventory,
  type Lock,
  type Play,
  type PlayHost,
  playSteps,
  type RoleUse,
  type Task,
} from '../../../lib/index.ts';
import { putBackAll } from '../../domain/rabbitmq/rolling/components.ts';
import { proxyStates } from '../../domain/rabbitmq/rolling/proxies.ts';
import { rollGates } from './gates.ts';
import { params } from './params.ts';

/** What one roll does, within what all of them do. */
export interface Roll {
  /** Before the first broker is taken out, after what an interrupted roll has left is put back. */
  readonly first?: Pick<Play, 'roles' | 'tasks'>;
  /** In addition to those of every roll. */
  readonly gates?: readonly Gate[];
  /** Played on one broker after the other. */
  readonly roles: readonly RoleUse[];
  /** After the last broker is back. */
  readonly last: Pick<Play, 'roles' | 'tasks'>;
  /** The inventory group of the proxies. Default `proxies`. */
  readonly proxyGroup?: string;
}

/**
 * The playbook of a roll over the group `brokers`, with the lock that keeps others out: what an earlier run left out of
 * service is put back, one broker after the other is worked on while the cluster stays whole, and what a failed one has
 * begun is undone, in the HAProxies of the group of proxies too.
 */
export function rollOver(
  { groups }: Pick<Inventory, 'groups'>,
  { first = {}, gates = [], roles, last, proxyGroup = params.properties.proxy_group.default }: Roll,
): { readonly lock: Lock; readonly plays: readonly Play[] } {
  // A roll that stopped half-way is not over: what it has noted is what the next run goes on from.
  const all = { hosts: 'brokers', become: true, anyErrorsFatal: true };
  const proxies = groups.get(proxyGroup) ?? [];
  return {
    lock: { name: 'rabbitmq', hosts: 'brokers' },
    plays: [
      {
        name: 'what an earlier run left',
        ...all,
        ...first,
        roles: [rabbitMend(proxyGroup), ...(first.roles ?? [])],
      },
      {
        name: 'roll',
        ...all,
        serial: 1,
        gates: [...gates, ...rollGates],
        roles,
        undo: ({ name }: PlayHost): readonly Task[] => putBackAll(name, proxies),
      },
      { name: 'the end', ...all, ...last },
    ],
  };
}

/** Puts back what a run that ended half-way has left out of service. */
function rabbitMend(proxyGroup: string): RoleUse {
  return playSteps('rabbit-mend', [
    async (context) => {
      const seen = await proxyStates(context, proxyGroup);
      return ({ name }) => putBackAll(name, [...seen.keys()]);
    },
  ]);
}
