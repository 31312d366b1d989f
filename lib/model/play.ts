import type { ConnectionType } from '../connection/definition.ts';
import type { Inventory, Vars } from '../inventory/inventory.ts';
import type { Gate } from './gate.ts';
import type { CheckedVars, RoleHost, RoleUse } from './role.ts';
import type { VarsOf, VarsSchema } from './schema.ts';
import type { Task } from './task.ts';

/**
 * A host, as a play's own tasks see it: `vars` is everything the inventory and `-e` say of it, or what the play's schema
 * declares.
 */
export type PlayHost<V = Vars> = Omit<RoleHost<CheckedVars>, 'vars' | 'inventoryVars'> & { readonly vars: V };

/** Roles and tasks for the hosts of one pattern. */
export interface Play {
  readonly name: string;
  /** A pattern in Ansible's language: `brokers`, `web[0:2]`, `all:!spare`. */
  readonly hosts: string;
  readonly roles?: readonly RoleUse[];
  /**
   * The variables of the play's own tasks, as a role's. Every host's are checked before any is contacted; {@link definePlay}
   * gives `tasks` their type.
   */
  readonly vars?: VarsSchema;
  /** Tasks of the play's own, after its roles. */
  readonly tasks?: readonly Task[] | ((host: PlayHost) => readonly Task[]);
  /** Work on this many hosts at a time (a number, `'30%'`, or a list of such sizes); a failed host stops the roll. */
  readonly serial?: number | string | readonly (number | string)[];
  /** Invariants of the whole, asked before the first batch, between batches and after the last. */
  readonly gates?: readonly Gate[];
  /** What puts back that which a batch began, done on all its hosts when one of them fails. */
  readonly undo?: readonly Task[] | ((host: PlayHost) => readonly Task[]);
  /**
   * A host that fails or is lost here ends the run once the others are through with the play, for what comes later counts
   * on all of them; only plays that are `always` still begin. As Ansible's `any_errors_fatal`, but for a host that was
   * never reached: that one is left out, as everywhere, and gates are there to say whether it will do without.
   */
  readonly anyErrorsFatal?: boolean;
  /** Meets hosts that failed in an earlier play, too: the play counts on nothing that came before it. */
  readonly always?: boolean;
  /** Become root (`true`) or another user by passwordless sudo; inventory's `ansible_become*` win over it. */
  readonly become?: boolean | string;
  readonly tags?: readonly string[];
}

/** Keeps a second run of any playbook with the same lock out, from before the first play until the last has ended. */
export interface Lock {
  /** One word, such as `shop`. */
  readonly name: string;
  /** A pattern: the hosts that it is held on. One that can't be reached can't be locked, and does not hinder. */
  readonly hosts: string;
}

/** Plays that run one after the other, under one lock if they have one. */
export interface Playbook {
  readonly name?: string;
  readonly plays: readonly Play[];
  readonly lock?: Lock;
  /** Connections of one's own, for hosts whose `ansible_connection` names one; besides ssh, local and lab. */
  readonly connections?: readonly ConnectionType[];
}

/** What a playbook with parameters is made from. */
export interface PlaybookInput<P> {
  /** What the command line says, checked. */
  readonly params: P;
  readonly inventory: Inventory;
  /** False with `--no-write`: files of the controller are left alone, and what would be written is shown. */
  readonly write: boolean;
}

/** What comes of it: plays, and the inventory they run on when it is not the one that was given. */
export interface PlaybookMade extends Playbook {
  readonly inventory?: Inventory;
}

/** A playbook whose plays depend on parameters: options of its own on the command line, or `-e`. */
export interface ParametricPlaybook {
  readonly name: string;
  readonly params: VarsSchema;
  /** Called before any host is contacted. Throws when the wish makes no sense. */
  make(input: PlaybookInput<CheckedVars>): PlaybookMade | Promise<PlaybookMade>;
}

/** The default export of a playbook file. */
export function definePlaybook(playbook: Playbook): Playbook {
  return playbook;
}

/** A play whose own tasks have typed variables: `definePlay({ vars: { … }, tasks: (host) => [ … host.vars.port … ] })`. */
export function definePlay<const S extends VarsSchema>(
  play: Omit<Play, 'vars' | 'tasks' | 'undo'> & {
    readonly vars: S;
    readonly tasks?: readonly Task[] | ((host: PlayHost<VarsOf<S>>) => readonly Task[]);
    readonly undo?: readonly Task[] | ((host: PlayHost<VarsOf<S>>) => readonly Task[]);
  },
): Play {
  // The engine checks every host's variables against the schema first, which is what makes them VarsOf<S>.
  return play as unknown as Play;
}

/** The default export of a playbook file whose plays depend on parameters. */
export function defineParametricPlaybook<const S extends VarsSchema>(playbook: {
  readonly name: string;
  readonly params: S;
  make(input: PlaybookInput<VarsOf<S>>): PlaybookMade | Promise<PlaybookMade>;
}): ParametricPlaybook {
  // The engine checks the parameters against the schema first, which is what makes them VarsOf<S>.
  return playbook as unknown as ParametricPlaybook;
}
