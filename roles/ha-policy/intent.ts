import type { Vars } from '../domain/rabbitmq/settings/policy.ts';

/** More members than this make every message slower and no cluster noticeably safer. */
const MOST_MEMBERS = 7;

/** Copies that a majority of `nodes` hold. */
export function majority(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/** How many nodes queues with copies on a majority of them can lose at most. */
function losable(nodes: number): number {
  return Math.floor((nodes - 1) / 2);
}

/** Mirrored: any one copy is enough to go on with, so surviving F nodes takes F+1. */
export function mirrorCopies(vars: Vars, nodes: number): number | 'all' {
  if (vars.ha_policy_survive !== undefined) return vars.ha_policy_survive + 1;
  return vars.ha_policy_mode === 'all' ? 'all' : (vars.ha_policy_count ?? majority(nodes));
}

/**
 * Members of a quorum queue: a majority has to be left, so surviving F nodes takes 2F+1. What was said in copies is
 * taken for its purpose, to survive the loss of all but one, as far as the nodes go round.
 */
export function quorumMembers(vars: Vars, nodes: number): number {
  if (vars.ha_policy_survive !== undefined) return 2 * vars.ha_policy_survive + 1;
  const counted = vars.ha_policy_mode === 'exactly' ? vars.ha_policy_count : undefined;
  if (counted === undefined) return Math.min(2 * losable(nodes) + 1, MOST_MEMBERS);
  return 2 * Math.min(counted - 1, losable(nodes)) + 1;
}

/** How many nodes fewer the queues survive, as quorum queues, than the copies that were asked for; 0 for none. */
export function fallsShort(vars: Vars, nodes: number): number {
  if (vars.ha_policy_survive !== undefined || vars.ha_policy_mode !== 'exactly') return 0;
  return Math.max(0, (vars.ha_policy_count ?? 1) - 1 - losable(nodes));
}
