import type { Vars } from '../domain/rabbitmq/settings/policy.ts';
import { everReaches, OPERATOR_KEYS } from './capabilities.ts';

/** What no version of the broker could make sense of; throws before any host is contacted. */
export function validate(vars: Vars, nodes: number): void {
  const problem = contradiction(vars) ?? tooMany(vars, nodes) ?? unknownKeys(vars);
  if (problem !== undefined) throw new Error(problem);
}

function contradiction(vars: Vars): string | undefined {
  const { ha_policy_name: name, ha_policy_count: count, ha_policy_survive: survive } = vars;
  if (vars.ha_policy_absent.includes(name)) return `the policy ${name} is both wanted and to be absent`;
  if (vars.ha_policy_operator_absent.includes(name) && Object.keys(vars.ha_policy_operator).length > 0) {
    return `the operator policy ${name} is both wanted and to be absent`;
  }
  if (survive !== undefined && count !== undefined) {
    return 'ha_policy_survive and ha_policy_count say the same thing in two ways: leave one of them out';
  }
  if (count !== undefined && vars.ha_policy_mode !== 'exactly') {
    return `ha_policy_count is for ha_policy_mode exactly, and the mode is ${vars.ha_policy_mode}`;
  }
  const applyTo = vars.ha_policy_apply_to;
  if (vars.ha_policy_replication === 'quorum' && ['classic_queues', 'exchanges'].includes(applyTo)) {
    return `ha_policy_apply_to is ${applyTo}, and ha_policy_replication wants quorum queues`;
  }
  return undefined;
}

function tooMany(vars: Vars, nodes: number): string | undefined {
  const { ha_policy_count: count, ha_policy_survive: survive = 0 } = vars;
  if (count !== undefined && count > nodes) {
    return `ha_policy_count is ${count}, and there are only ${nodes} nodes`;
  }
  if (survive > 0 && survive >= nodes) {
    return `ha_policy_survive is ${survive}, and there are only ${nodes} nodes: at least one has to be left`;
  }
  if (vars.ha_policy_replication === 'quorum' && 2 * survive + 1 > nodes) {
    return `quorum queues that survive ${survive} nodes need ${2 * survive + 1}, and there are only ${nodes}`;
  }
  return undefined;
}

function unknownKeys(vars: Vars): string | undefined {
  const numeric = Object.keys(vars.ha_policy_definition).find((key) => OPERATOR_KEYS.includes(key));
  if (numeric !== undefined) {
    const where = numeric === 'delivery-limit' ? 'ha_policy_delivery_limit' : 'ha_policy_operator';
    return `${numeric} takes a number, and ha_policy_definition holds texts: set it by ${where}`;
  }
  const strange = Object.keys(vars.ha_policy_operator).find((key) => !OPERATOR_KEYS.includes(key));
  if (strange !== undefined) {
    return `no operator policy can hold ${strange}; it can hold ${OPERATOR_KEYS.join(', ')}`;
  }
  const kept = Object.keys(vars.ha_policy_definition).find(
    (key) => key !== 'queue-master-locator' && !everReaches(key, 'quorum'),
  );
  if (vars.ha_policy_replication === 'quorum' && kept !== undefined) {
    return `ha_policy_definition has ${kept}, which keeps a policy from every quorum queue: leave it out`;
  }
  return undefined;
}
