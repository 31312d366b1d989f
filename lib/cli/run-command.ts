import { dirname } from 'node:path';
import { refuseKeyFile } from '../connection/ssh/vars.ts';
import { type ExtraVars, parseExtraVars } from '../inventory/extra-vars.ts';
import { loadInventory } from '../inventory/load.ts';
import { refuseVarsFolders } from '../inventory/vars-folders.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import type { Output, Verbosity } from '../report/options.ts';
import { defaultCacheDir } from '../run/options.ts';
import { run } from '../run/run.ts';
import { inputError } from '../util/errors.ts';
import { failedCommand } from './failed.ts';
import { findPlaybook } from './find-playbook.ts';
import { listHosts, listTasks } from './list.ts';
import { isSyntaxError, isTypeScript, loadPlaybook } from './load-playbook.ts';
import { misspeltVars } from './misspelt-vars.ts';
import { defaultOutput, reported } from './reported.ts';
import type { Shipped } from './shipped.ts';
import { typeCheck } from './type-check.ts';

/** The flags of `ts-play PLAYBOOK`, as commander gives them. */
export interface RunFlags {
  readonly inventory?: string;
  readonly limit?: string;
  readonly role: readonly string[];
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly extraVars: readonly string[];
  readonly forks?: number;
  readonly user?: string;
  readonly privateKey?: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly acceptNew?: boolean;
  readonly verbose: number;
  readonly output?: Output;
  /** False with `--no-write`. */
  readonly write: boolean;
  readonly listHosts?: boolean;
  readonly listTasks?: boolean;
}

/** A playbook that was loaded before, since its parameters are options of the command line. */
export interface LoadedGiven {
  readonly playbook: Playbook | ParametricPlaybook;
  /** Adds those that were given to what `-e` says. */
  extraVars(extra: ExtraVars): ExtraVars;
}

/** Runs a playbook as the command line asks. @returns the exit code */
export async function runCommand(
  given: string,
  flags: RunFlags,
  shipped: Shipped,
  loaded?: LoadedGiven,
): Promise<number> {
  // The live view has no room for scripts.
  const output = flags.output ?? (flags.verbose >= 3 ? 'plain' : defaultOutput());
  try {
    return await runPlaybook(given, flags, output, shipped, loaded);
  } catch (thrown) {
    return failedCommand(thrown, output);
  }
}

async function runPlaybook(
  given: string,
  flags: RunFlags,
  output: Output,
  shipped: Shipped,
  loaded: LoadedGiven | undefined,
): Promise<number> {
  if (loaded === undefined) findPlaybook(given);
  if (flags.inventory === undefined) {
    throw inputError('no inventory given', { next: `ts-play ${given} -i inventory.yml` });
  }
  if (flags.becomeUser !== undefined && !flags.become) {
    throw inputError('--become-user has no effect without -b', {
      next: `ts-play ${given} -b --become-user ${flags.becomeUser} …`,
    });
  }
  const cacheDir = defaultCacheDir();
  const [playbook, inventory, said] = await Promise.all([
    loaded?.playbook ?? loadGiven(given, shipped),
    loadInventory(flags.inventory),
    parseExtraVars([...flags.extraVars], process.cwd()),
  ]);
  const extra = loaded?.extraVars(said) ?? said;
  const options = {
    inventory,
    playbookName: given,
    extraVars: extra,
    limit: flags.limit,
    roles: flags.role,
    tags: flags.tags,
    skipTags: flags.skipTags,
    cacheDir,
    write: flags.write,
  };
  await refuseVarsFolders(inventory, dirname(given));
  if (flags.listHosts || flags.listTasks) {
    const warnings = new Set<string>();
    const list = flags.listHosts ? listHosts : listTasks;
    const listed = await list(playbook, options, (text) => warnings.add(text));
    for (const text of warnings) process.stderr.write(`warning: ${text}\n`);
    return print(listed);
  }

  if (flags.privateKey !== undefined) refuseKeyFile(flags.privateKey);
  const shown = { output, verbosity: Math.min(flags.verbose, 3) as Verbosity, diff: flags.diff ?? false };
  const { exitCode } = await reported(shown, ({ onEvent, signal }) =>
    run(playbook, {
      ...options,
      check: flags.check ?? false,
      diff: flags.diff ?? false,
      scripts: flags.verbose >= 3,
      ...(flags.forks === undefined ? {} : { forks: flags.forks }),
      ...(flags.user === undefined ? {} : { user: flags.user }),
      ...(flags.become ? { become: flags.becomeUser ?? true } : {}),
      ...(flags.privateKey === undefined ? {} : { privateKeyFile: flags.privateKey }),
      acceptNew: flags.acceptNew ?? false,
      onEvent,
      signal,
    }),
  );
  return exitCode;
}

/** The playbook that a command line names. @throws PlayError `input` */
export async function loadGiven(given: string, shipped: Shipped): Promise<Playbook | ParametricPlaybook> {
  return loadChecked(findPlaybook(given), defaultCacheDir(), shipped);
}

/** Loads a playbook and checks its types. @throws PlayError `input` */
async function loadChecked(
  path: string,
  cacheDir: string,
  shipped: Shipped,
): Promise<Playbook | ParametricPlaybook> {
  const { playbook, files } = await loadPlaybook(path, cacheDir, shipped).catch(async (thrown: unknown) => {
    // What a misspelt name makes it throw is better told by the type checker.
    if (isTypeScript(path) && !isSyntaxError((thrown as Error).cause)) await typeCheck([path], cacheDir);
    throw thrown;
  });
  await typeCheck(files.filter(isTypeScript), cacheDir, misspeltVars(playbook, files));
  return playbook;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
