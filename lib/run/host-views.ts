import { type ExtraVars, extraVarPlace } from '../inventory/extra-vars.ts';
import type { Inventory, InventoryHost } from '../inventory/inventory.ts';
import type { CheckedVars, HostView, RoleHost, RoleSettings, RoleUse } from '../model/role.ts';
import type { SettingOf, VarsSchema } from '../model/schema.ts';
import type { Place } from '../util/errors.ts';
import { roleVar } from './vars.ts';

/** The hosts of an inventory as roles see them, with what a playbook's roles are told about each. */
export class HostViews {
  readonly #inventory: Inventory;
  readonly #extra: ExtraVars;
  /** The roles that the playbook has for a host, in order. */
  readonly #uses = new Map<string, RoleUse[]>();
  readonly #known = new Map<InventoryHost, HostView>();

  constructor(inventory: Inventory, extra: ExtraVars) {
    this.#inventory = inventory;
    this.#extra = extra;
  }

  /** Notes that a play has these roles for these hosts, whatever part of it is run. */
  add(roles: readonly RoleUse[], hosts: readonly { readonly name: string }[]): void {
    for (const { name } of hosts) this.#uses.set(name, [...(this.#uses.get(name) ?? []), ...roles]);
  }

  of(host: InventoryHost): HostView {
    const known = this.#known.get(host) ?? this.#view(host);
    this.#known.set(host, known);
    return known;
  }

  /** A host with its variables for one role. */
  withVars(host: InventoryHost, vars: CheckedVars): RoleHost<CheckedVars> {
    return { ...this.of(host), vars };
  }

  /** All hosts of a group; empty for a group that does not exist. */
  group(name: string): readonly HostView[] {
    return (this.#inventory.groups.get(name) ?? []).flatMap((host) => {
      const known = this.#inventory.hosts.get(host);
      return known ? [this.of(known)] : [];
    });
  }

  /** Where a host's variable was written. */
  place(host: string, variable: string, playbook: string): Place {
    const uses = this.#uses.get(host) ?? [];
    const former = uses.flatMap(({ schema }) => schema.properties[variable]?.formerly ?? []);
    const names = [variable, ...former];
    const written = (vars: object) => names.find((name) => Object.hasOwn(vars, name));
    const asked = written(this.#extra.vars);
    if (asked !== undefined) return extraVarPlace(this.#extra, asked);
    if (uses.some((use) => use.given[variable] !== undefined)) return { file: playbook };
    const known = this.#inventory.hosts.get(host);
    return known?.place(written(known.vars) ?? variable) ?? {};
  }

  #view(host: InventoryHost): HostView {
    const read = <S extends VarsSchema, K extends keyof S['properties'] & string>(
      of: RoleSettings<S>,
      name: K,
    ): SettingOf<S, K> => this.#setting(host, of, name);
    return {
      name: host.name,
      // Read when it is asked for: an address that holds a template harms only who needs it.
      get address() {
        const { ansible_host: address } = host.vars;
        return typeof address === 'string' && address !== '' ? address : host.name;
      },
      groups: host.groups,
      inventoryVars: host.vars,
      setting: read,
    };
  }

  #setting<S extends VarsSchema, K extends keyof S['properties'] & string>(
    host: InventoryHost,
    { vars: schema, ...role }: RoleSettings<S>,
    name: K,
  ): SettingOf<S, K> {
    const uses = this.#uses.get(host.name) ?? [];
    const use = uses.findLast((each) => each.schema === schema && each.given[name] !== undefined);
    const nobody: RoleUse = { ...role, schema, given: {}, tags: [], steps: [], validate: () => {} };
    // The schema is what makes it that type.
    return roleVar(use ?? nobody, host, this.#extra, name) as SettingOf<S, K>;
  }
}
