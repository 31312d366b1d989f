import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionType } from '../connection/definition.ts';
import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Listener } from '../model/events.ts';
import type { Selection } from './plan.ts';
import type { Connect } from './pool.ts';

/** How a playbook is run; the names are those of the command line. */
export interface RunOptions extends Selection {
  readonly inventory: Inventory;
  /** Shown as the run's name. */
  readonly playbookName?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** Predict, touch nothing. */
  readonly check?: boolean;
  /** Put unified diffs into `task` events. */
  readonly diff?: boolean;
  /** Emit a `script` event for each script that ran on a host. */
  readonly scripts?: boolean;
  /** False: files of the controller, such as the inventory, are left alone, and what would be written is shown. */
  readonly write?: boolean;
  /** `-e`: wins over every other variable. */
  readonly extraVars?: ExtraVars;
  /** Hosts worked on at once. Default 20. */
  readonly forks?: number;
  /** Become this user where neither play nor inventory says (`true` is root). */
  readonly become?: boolean | string;
  /** Log in as this user where the inventory says none. */
  readonly user?: string;
  readonly onEvent?: Listener;
  /** Interrupts the run: nothing new begins, what is under way is told to end. A PlayError as its reason is in the events. */
  readonly signal?: AbortSignal;
  /** Log in with this key where the inventory names none. Default: the usual keys and the agent's. */
  readonly privateKeyFile?: string;
  /** Trust the host key of a host seen for the first time, and remember it. */
  readonly acceptNew?: boolean;
  /** Connections of one's own, for hosts whose `ansible_connection` names one; besides ssh, local and lab. */
  readonly connections?: readonly ConnectionType[];
  /** Opens all connections instead, whatever the inventory says of them. */
  readonly connect?: Connect;
  /** Where builds and the like are kept between runs. Default `~/.cache/ts-play`. */
  readonly cacheDir?: string;
}

/** The default folder for what is kept between runs. */
export function defaultCacheDir(): string {
  return (
    process.env['TS_PLAY_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ts-play')
  );
}
