import type { Vars } from '../inventory/inventory.ts';
import type { Script } from '../util/sh.ts';
import type { Finding, Spot } from './finding.ts';
import type { GivenVars, SettingOf, VarsOf, VarsSchema } from './schema.ts';
import type { Reply, Task } from './task.ts';

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

/** Something read from a host before tasks are laid out. Read-only, as a probe is. */
export interface Question<T> {
  readonly name: string;
  readonly script: Script;
  readonly as?: string;
  /** Ask again even if nothing was changed since: for what changes by itself, such as who holds an address. */
  readonly fresh?: boolean;
  /** Throws when the answer makes no sense. */
  parse(reply: Reply): T;
}

/** What a step can see and ask before it lays out tasks. */
export interface StepContext<V> {
  /** Hosts of the play that are still in it, in the play's order. */
  readonly hosts: readonly RoleHost<V>[];
  /** All hosts the play is meant for, with those that a limit, a batch or a failure keeps out of it. */
  readonly playHosts: readonly HostView[];
  readonly check: boolean;
  /** All hosts of a group, whether or not they are in the play; empty for an unknown group. */
  group(name: string): readonly HostView[];
  /**
   * Asks hosts, of the play or not, all at once. A host of the play that can't answer leaves the play;
   * another is just not in the result.
   */
  query<T>(
    hosts: readonly { readonly name: string }[],
    question: Question<T>,
  ): Promise<ReadonlyMap<string, T>>;
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

/** A role as one play uses it. */
export interface RoleUse {
  /** What to call it in errors. Default `role`. */
  readonly kind?: 'role' | 'playbook';
  readonly name: string;
  readonly prefix: string;
  readonly otherPrefixes?: readonly string[];
  readonly schema: VarsSchema;
  readonly given: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  /** Checks variables that depend on each other, before any host is contacted. @throws Error with what is wrong */
  validate(hosts: readonly RoleHost<CheckedVars>[], context: ValidateContext): void;
  /** What `ts-play lint` reports about all uses of the role in a playbook. */
  lint?(uses: readonly LintUse<CheckedVars>[], context: LintContext): readonly Finding[];
  readonly steps: readonly Step<CheckedVars>[];
}

/** A role, ready to be put into a play: `roles: [haproxyBuild({ haproxy_front_port: 5671 })]`. */
export interface Role<S extends VarsSchema> {
  (vars?: GivenVars<S>, options?: { readonly tags?: readonly string[] }): RoleUse;
  readonly definition: RoleDefinition<S>;
}

/** All that roles of this copy of the library returned: scripts and secrets of another copy are none to this one. */
const uses = new WeakSet<object>();

/** Whether a value is what a role made with this very {@link defineRole} returned. */
export function isRoleUse(value: unknown): value is RoleUse {
  return typeof value === 'object' && value !== null && uses.has(value);
}

/** Makes a role from its variables' schema and its steps. */
export function defineRole<const S extends VarsSchema>(definition: RoleDefinition<S>): Role<S> {
  const { name, prefix, otherPrefixes = [], vars: schema, validate, steps } = definition;
  const use = (given: GivenVars<S> = {}, options: { readonly tags?: readonly string[] } = {}): RoleUse => {
    const made: RoleUse = {
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
    };
    uses.add(made);
    return made;
  };
  return Object.assign(use, { definition });
}
