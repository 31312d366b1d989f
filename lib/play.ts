import type { Vars } from './inventory/inventory.ts';
import type { CheckedVars, RoleHost, RoleUse } from './role.ts';
import type { Task } from './task.ts';

/** A host, as a play's own tasks see it: `vars` is everything the inventory and `-e` say of it. */
export type PlayHost = Omit<RoleHost<CheckedVars>, 'vars' | 'inventoryVars'> & { readonly vars: Vars };

export interface Play {
  readonly name: string;
  /** A pattern in Ansible's language: `brokers`, `web[0:2]`, `all:!spare`. */
  readonly hosts: string;
  readonly roles?: readonly RoleUse[];
  /** Tasks of the play's own, after its roles. */
  readonly tasks?: readonly Task[] | ((host: PlayHost) => readonly Task[]);
  /** Work on this many hosts at a time (a number, `'30%'`, or a list of such sizes); a failed host stops the roll. */
  readonly serial?: number | string | readonly (number | string)[];
  /** Become root (`true`) or another user by passwordless sudo; inventory's `ansible_become*` win over it. */
  readonly become?: boolean | string;
  readonly tags?: readonly string[];
}

export interface Playbook {
  readonly name?: string;
  readonly plays: readonly Play[];
}

/** The default export of a playbook file. */
export function definePlaybook(playbook: Playbook): Playbook {
  return playbook;
}
