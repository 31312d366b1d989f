import type { Policy } from '../domain/rabbitmq/facts/snapshot.ts';
import type { Vars } from '../domain/rabbitmq/settings/policy.ts';
import { can, reaches, takesKey } from './capabilities.ts';
import { mirrorCopies, quorumMembers } from './intent.ts';

/** What one intent comes to on one version of the broker. */
export interface Compiled {
  readonly kind: 'mirrors' | 'quorum';
  readonly policy: Policy;
  readonly operator: Policy | undefined;
  /** What queues declared without a type shall be; undefined leaves it as it is. */
  readonly defaultQueueType: 'quorum' | undefined;
  /** How many members a quorum queue shall have. */
  readonly members: number | undefined;
}

/** What the variables ask for in a cluster of `nodes` nodes of this version. */
export function compile(vars: Vars, nodes: number, version: string): Compiled {
  const quorum = isQuorum(vars, version);
  const identity = {
    vhost: vars.ha_policy_vhost,
    name: vars.ha_policy_name,
    pattern: vars.ha_policy_pattern,
    priority: vars.ha_policy_priority,
  };
  const typed = quorum && vars.ha_policy_apply_to === 'queues' && can(version, 'applyToTypes');
  const limits = Object.keys(vars.ha_policy_operator).length > 0;
  return {
    kind: quorum ? 'quorum' : 'mirrors',
    policy: {
      ...identity,
      applyTo: typed ? 'quorum_queues' : vars.ha_policy_apply_to,
      definition: quorum ? quorumDefinition(vars, nodes, version) : mirrorDefinition(vars, nodes),
    },
    operator: limits
      ? { ...identity, applyTo: vars.ha_policy_apply_to, definition: vars.ha_policy_operator }
      : undefined,
    defaultQueueType:
      quorum && vars.ha_policy_default_queue_type === 'quorum' && can(version, 'defaultQueueType')
        ? 'quorum'
        : undefined,
    members: quorum ? quorumMembers(vars, nodes) : undefined,
  };
}

/** Whether the intent comes to quorum queues on this version. */
export function isQuorum(vars: Vars, version: string): boolean {
  return vars.ha_policy_replication === 'quorum' || !can(version, 'mirrors');
}

/** Where leaders are put: as asked for, balanced where an intent is all there is, else as the broker would. */
function leaders(vars: Vars): 'balanced' | 'client-local' | undefined {
  return vars.ha_policy_leaders ?? (vars.ha_policy_survive === undefined ? undefined : 'balanced');
}

function mirrorDefinition(vars: Vars, nodes: number): Policy['definition'] {
  const copies = mirrorCopies(vars, nodes);
  const where = leaders(vars);
  return {
    ...(copies === 'all' ? { 'ha-mode': 'all' } : { 'ha-mode': 'exactly', 'ha-params': copies }),
    'ha-sync-mode': vars.ha_policy_sync_mode,
    // Not queue-leader-locator: below 4.0 it would keep the policy from every classic queue.
    ...(where && { 'queue-master-locator': where === 'balanced' ? 'min-masters' : where }),
    ...vars.ha_policy_definition,
  };
}

function quorumDefinition(vars: Vars, nodes: number, version: string): Policy['definition'] {
  const { 'queue-master-locator': locator, ...more } = vars.ha_policy_definition;
  // The classic queues' word for it, which would keep the policy from every quorum queue.
  const said = locator === undefined ? undefined : locator === 'client-local' ? locator : 'balanced';
  return {
    ...(reaches(version, 'queue-leader-locator', 'quorum') && {
      'queue-leader-locator': leaders(vars) ?? said ?? 'balanced',
    }),
    ...(takesKey(version, 'target-group-size') && { 'target-group-size': quorumMembers(vars, nodes) }),
    'delivery-limit': vars.ha_policy_delivery_limit,
    ...more,
  };
}
