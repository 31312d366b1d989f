import { type ExtraVars, noExtraVars } from '../lib/inventory/extra-vars.ts';
import type { InventoryHost, Vars } from '../lib/inventory/inventory.ts';
import type { HostView, RoleUse } from '../lib/model/role.ts';
import { HostViews } from '../lib/run/host-views.ts';

/** A host as roles see it, from what the inventory says and what a playbook gives its roles. */
export function knownHost(
  name: string,
  {
    address = name,
    groups = [],
    vars = {},
    roles = [],
    extra = noExtraVars,
  }: {
    readonly address?: string;
    readonly groups?: readonly string[];
    readonly vars?: Vars;
    readonly roles?: readonly RoleUse[];
    readonly extra?: ExtraVars;
  } = {},
): HostView {
  const host: InventoryHost = { name, groups, vars, place: () => ({}) };
  const views = new HostViews({ hosts: new Map([[name, host]]), groups: new Map(), sources: [] }, extra);
  views.add(roles, [host]);
  return { ...views.of(host), address };
}
