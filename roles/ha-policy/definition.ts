import type { Policy } from '../support/rabbitmq/snapshot.ts';
import type { Vars } from './vars.ts';

/** Copies that a majority of `nodes` hold. */
export function majority(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/** The policy that the variables ask for in a cluster of `nodes` nodes. */
export function wantedPolicy(vars: Vars, nodes: number): Policy {
  const copies =
    vars.ha_policy_mode === 'exactly' ? { 'ha-params': vars.ha_policy_count ?? majority(nodes) } : {};
  return {
    vhost: vars.ha_policy_vhost,
    name: vars.ha_policy_name,
    pattern: vars.ha_policy_pattern,
    priority: vars.ha_policy_priority,
    applyTo: vars.ha_policy_apply_to,
    definition: {
      'ha-mode': vars.ha_policy_mode,
      ...copies,
      'ha-sync-mode': vars.ha_policy_sync_mode,
      ...vars.ha_policy_definition,
    },
  };
}

/** Whether this broker has mirrored queues at all: they are gone from 4.0 on. */
export function hasMirroring(version: string): boolean {
  return Number.parseInt(version, 10) < 4;
}
