import { PlayError } from '../../lib/index.ts';
import type { Vars } from '../domain/rabbitmq/settings/policy.ts';
import { can, reaches, takesKey, takesOperatorKey } from './capabilities.ts';
import { isQuorum } from './definition.ts';

interface Refusal {
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

/**
 * What this version would refuse, or take and never apply, found out before anything is changed.
 * @throws PlayError `failed`
 */
export function refuse(vars: Vars, nodes: number, version: string): void {
  const refusal =
    mirrorKeys(vars, version) ??
    definitionKeys(vars, version) ??
    operatorKeys(vars, version) ??
    tooFewNodes(vars, nodes, version) ??
    applyTo(vars, version) ??
    unlimited(vars, version);
  if (refusal !== undefined) throw new PlayError({ kind: 'failed', ...refusal });
}

function mirrorKeys(vars: Vars, version: string): Refusal | undefined {
  const key = Object.keys(vars.ha_policy_definition).find((name) => name.startsWith('ha-'));
  if (key === undefined || can(version, 'mirrors')) return undefined;
  return {
    what: `RabbitMQ ${version} has no mirrored queues: ha-* policies were removed in 4.0`,
    why: `the broker refuses every policy with an ha-* key, and ha_policy_definition has ${key}`,
    next: 'say what the queues shall survive instead, as in ha_policy_survive: 1, which becomes quorum queues here',
  };
}

function definitionKeys(vars: Vars, version: string): Refusal | undefined {
  const quorum = isQuorum(vars, version);
  const keys = Object.keys(vars.ha_policy_definition).filter(
    (key) => !(quorum && key === 'queue-master-locator'),
  );
  const strange = keys.find((key) => !takesKey(version, key));
  if (strange !== undefined) {
    return {
      what: `RabbitMQ ${version} does not know the key ${strange} of ha_policy_definition`,
      why: 'the broker refuses a policy with a key that it does not know',
      next: `leave ${strange} out of ha_policy_definition`,
    };
  }
  const kind = quorum ? 'quorum' : 'classic';
  const kept = keys.find((key) => !reaches(version, key, kind));
  if (kept === undefined) return undefined;
  return {
    what: `with ${kept} in ha_policy_definition the policy would apply to no queue`,
    why: `the ${kind} queues of RabbitMQ ${version} pass over a policy that has ${kept}`,
    next: `leave ${kept} out of ha_policy_definition`,
  };
}

function operatorKeys(vars: Vars, version: string): Refusal | undefined {
  const key = Object.keys(vars.ha_policy_operator).find((name) => !takesOperatorKey(version, name));
  if (key === undefined) return undefined;
  return {
    what: `RabbitMQ ${version} takes no ${key} in an operator policy`,
    why: 'the broker refuses a policy with a key that it does not know',
    next: `leave ${key} out of ha_policy_operator`,
  };
}

function tooFewNodes(vars: Vars, nodes: number, version: string): Refusal | undefined {
  const survive = vars.ha_policy_survive ?? 0;
  const members = 2 * survive + 1;
  if (!isQuorum(vars, version) || members <= nodes) return undefined;
  return {
    what: `queues that survive ${survive} nodes need ${members} nodes on RabbitMQ ${version}, and there are only ${nodes}`,
    why: 'quorum queues work on while a majority of their members is left',
    next: `set ha_policy_survive to ${Math.floor((nodes - 1) / 2)}, or add nodes`,
  };
}

function applyTo(vars: Vars, version: string): Refusal | undefined {
  const to = vars.ha_policy_apply_to;
  const next = 'set ha_policy_apply_to to queues, which is right for every version';
  if (to.endsWith('_queues') && !can(version, 'applyToTypes')) {
    return {
      what: `RabbitMQ ${version} can't apply a policy to ${to}`,
      why: '3.12 was the first that can',
      next,
    };
  }
  const wrong = isQuorum(vars, version) ? ['classic_queues', 'exchanges'] : ['quorum_queues'];
  if (!wrong.includes(to)) return undefined;
  const has = isQuorum(vars, version) ? 'quorum queues' : 'mirrored classic queues';
  return {
    what: `a policy for ${to} replicates nothing on RabbitMQ ${version}`,
    why: `what is replicated there by this policy is ${has}`,
    next,
  };
}

function unlimited(vars: Vars, version: string): Refusal | undefined {
  if (vars.ha_policy_delivery_limit >= 0 || !isQuorum(vars, version)) return undefined;
  if (can(version, 'noDeliveryLimit')) return undefined;
  return {
    what: `RabbitMQ ${version} takes no negative delivery-limit`,
    why: '4.0 was the first to read it as none',
    next: 'set ha_policy_delivery_limit to 0 or more',
  };
}
