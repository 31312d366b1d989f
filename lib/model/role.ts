import type { Vars } from '../inventory/inventory.ts';
import { brand, isBranded } from '../util/brand.ts';
import type { Fact } from './fact.ts';
import type { Finding, Spot } from './finding.ts';
import type { HandoffContext } from './handoff.ts';
import type { GivenVars, SettingOf, VarsOf, VarsSchema } from './schema.ts';
import type { Task } from './task.ts';

/** A host as the inventory knows it. */
export interface HostView {
  /** The inventory's name, which need not be the host's own. */
  readonly name: string;
  /** `ansible_host`, else the name: where other machines find it. */
  readonly address: string;
  readonly groups: readonly string[];
  /** Everything the inventory says of it. Reading a variable that holds a template throws; `withoutTemplates` leaves those out. */
  readonly inventoryVars: Vars;
  /**
   * One variable of any role, as that role gets it on this host: from `-e`, the playbook (its last play that gives the
   * role's variables to the host), the inventory, or the default. Undefined when nobody says anything.
   * @throws PlayError `input` with the place of a value that does not fit the schema
   */
  setting<S extends VarsSchema, K extends keyof S['properties'] & string>(
    of: RoleSettings<S>,
    name: K,
  ): SettingOf<S, K>;
}

/** A role's variables and whose they are: what other roles read them by. */
export interface RoleSettings<S extends VarsSchema> {
  /** The role's name, as in `--role NAME`. */
  readonly name: string;
  /** What the names of all its variables begin with; an unknown variable that begins so is a mistake. */
  readonly prefix: string;
  /** Longer prefixes that belong to other roles of the same product. */
  readonly otherPrefixes?: readonly string[];
  readonly vars: S;
}

/** A host that takes part in the role, with the role's variables for it. */
export interface RoleHost<V> extends HostView {
  readonly vars: V;
}

/** What a step can see, ask and hand on before it lays out tasks. */
export interface StepContext<V> extends HandoffContext {
  /** Hosts of the play that are still in it, in the play's order. */
  readonly hosts: readonly RoleHost<V>[];
  /** All hosts the play is meant for, with those that a limit, a batch or a failure keeps out of it. */
  readonly playHosts: readonly HostView[];
  readonly check: boolean;
  /** All hosts of a group, whether or not they are in the play; empty for an unknown group. */
  group(name: string): readonly HostView[];
  /**
   * Asks hosts for a fact, all at once, whether or not they are in the play. The result has the answers by host name. A
   * host of the play that can't answer leaves the play; another one is only missing from the result.
   */
  query<T>(hosts: readonly { readonly name: string }[], fact: Fact<T>): Promise<ReadonlyMap<string, T>>;
  /** Copies a file from a host to the controller, whole or not at all; gives its hex sha256. */
  download(host: { readonly name: string }, path: string, to: string): Promise<string>;
  /** A folder on the controller that is kept between runs. */
  readonly cacheDir: string;
  /** Shows a warning: one sentence without a full stop. It does not change the exit code. */
  warn(text: string): void;
  /** Shows what was found out: text for people, data for programs. */
  report(report: Report): void;
}

/** Something a role tells beside what it does. Never a secret. */
export interface Report {
  readonly title: string;
  /** As it is shown, lines of whatever length. */
  readonly text: string;
  /** The same as plain JSON data. */
  readonly data: unknown;
}

/** What a role can see before any host is contacted. */
export interface ValidateContext extends Pick<StepContext<unknown>, 'playHosts' | 'group'> {
  /** Only the design is judged, on whatever machine: files that a run would read may be elsewhere. */
  readonly designOnly?: boolean;
}

/** One use of a role in a playbook, as its linter sees it. */
export interface LintUse<V> {
  readonly play: string;
  /** All hosts of the play, whatever the limit. */
  readonly hosts: readonly RoleHost<V>[];
  /** A finding's place: where the host's variable was written, by the playbook or in the inventory. */
  at(host: string, variable: string): Spot;
}

/** What a linter can see beside its own role: the inventory, and the playbook's other roles. No host is asked. */
export interface LintContext {
  /** All hosts of a group; empty for an unknown one. */
  group(name: string): readonly HostView[];
  /** A finding's place: where the host's variable was written, by the playbook or in the inventory. */
  at(host: string, variable: string): Spot;
  /** How the playbook uses another role, by its name. */
  uses(role: string): readonly LintUse<CheckedVars>[];
}

/** Lays out one host's tasks. */
export type Layout<V> = (host: RoleHost<V>) => readonly Task[];

/**
 * One step of a role: asks what it needs, then says how to lay out each host's tasks. All hosts of the play end
 * a step before the next begins, so that a step can build on what the one before has done everywhere.
 */
export type Step<V> = (context: StepContext<V>) => Layout<V> | Promise<Layout<V>>;

export interface RoleDefinition<S extends VarsSchema> extends RoleSettings<S> {
  readonly description: string;
  /** Throws what is wrong with the variables of the hosts taken together; called before any is contacted. */
  validate?(hosts: readonly RoleHost<VarsOf<S>>[], context: ValidateContext): void;
  /** Judges the design, over all uses of the role in a playbook; variables passed `validate` before. */
  lint?(uses: readonly LintUse<VarsOf<S>>[], context: LintContext): readonly Finding[];
  readonly steps: readonly Step<VarsOf<S>>[];
}

/** Variables that passed the role's schema; {@link Role} knows their exact type. */
export type CheckedVars = Readonly<Record<string, unknown>>;

/** A role or an operation, as one play uses it. */
export interface RoleUse {
  /** What to call it in errors. Default `role`. */
  readonly kind?: 'role' | 'operation' | 'play';
  readonly name: string;
  readonly prefix: string;
  readonly otherPrefixes?: readonly string[];
  readonly schema: VarsSchema;
  readonly given: Readonly<Record<string, unknown>>;
  /** An operation's parameters, which have their values already. */
  readonly params?: VarsSchema;
  readonly tags: readonly string[];
  /** Checks variables that depend on each other, before any host is contacted. @throws Error with what is wrong */
  validate(hosts: readonly RoleHost<CheckedVars>[], context: ValidateContext): void;
  /** What `ts-play lint` reports about all uses of the role in a playbook. */
  lint?(uses: readonly LintUse<CheckedVars>[], context: LintContext): readonly Finding[];
  readonly steps: readonly Step<CheckedVars>[];
}

/** A role, ready to be put into a play: `roles: [motd({ motd_text: 'hello' })]`. */
export interface Role<S extends VarsSchema> {
  (vars?: GivenVars<S>, options?: { readonly tags?: readonly string[] }): RoleUse;
  readonly definition: RoleDefinition<S>;
}

/** Whether a value is what a role or an operation returned, of this copy of the library or a compatible one. */
export function isRoleUse(value: unknown): value is RoleUse {
  return isBranded(value, 'role');
}

/** Has plays accept what a role or an operation made. */
export function asRoleUse(made: RoleUse): RoleUse {
  return brand(made, 'role');
}

/** Makes a role from its variables' schema and its steps. */
export function defineRole<const S extends VarsSchema>(definition: RoleDefinition<S>): Role<S> {
  const { name, prefix, otherPrefixes = [], vars: schema, validate, steps } = definition;
  const use = (given: GivenVars<S> = {}, options: { readonly tags?: readonly string[] } = {}): RoleUse => {
    return asRoleUse({
      name,
      prefix,
      otherPrefixes,
      schema,
      given: given as Readonly<Record<string, unknown>>,
      tags: options.tags ?? [],
      // The engine checks every host's variables against the schema first, which is what makes them VarsOf<S>.
      validate: (hosts, context) => validate?.(hosts as readonly RoleHost<VarsOf<S>>[], context),
      lint: (uses, context) => definition.lint?.(uses as readonly LintUse<VarsOf<S>>[], context) ?? [],
      steps: steps as unknown as readonly Step<CheckedVars>[],
    });
  };
  return Object.assign(use, { definition });
}
