import { dirname } from 'node:path';
import { parseExtraVars } from '../inventory/extra-vars.ts';
import { loadInventory } from '../inventory/load.ts';
import { refuseVarsFolders } from '../inventory/vars-folders.ts';
import { formatFindings } from '../lint/format.ts';
import { lintPlaybook } from '../lint/lint-playbook.ts';
import { EXIT } from '../model/exit-code.ts';
import { type Finding, settled } from '../model/finding.ts';
import { painter } from '../report/paint.ts';
import { inputError } from '../util/errors.ts';
import { failedCommand } from './failed.ts';
import { loadGiven } from './run-command.ts';
import type { FileLinter, Shipped } from './shipped.ts';

/** The flags of `ts-play lint`, as commander gives them. */
export interface LintFlags {
  readonly inventory?: string;
  readonly limit?: string;
  readonly extraVars: readonly string[];
  readonly output: 'plain' | 'json';
}

/** The files that were given to one file linter: at least one. */
export interface GivenFiles {
  readonly linter: FileLinter;
  readonly files: readonly string[];
}

/** Judges a design without contacting a host. @returns 0, or 2 when something is wrong, or 1 for a mistake of input */
export async function lintCommand(
  playbook: string | undefined,
  flags: LintFlags,
  given: readonly GivenFiles[],
  shipped: Shipped,
): Promise<number> {
  try {
    const findings = settled([
      ...(playbook === undefined && given.length > 0 ? [] : await ofPlaybook(playbook, flags, shipped)),
      ...(await Promise.all(given.map(({ linter, files }) => linter.lint(files)))).flat(),
    ]);
    print(
      flags.output === 'json'
        ? JSON.stringify({ type: 'lint', findings })
        : formatFindings(findings, painter(process.stdout.isTTY === true && !process.env['NO_COLOR'])),
    );
    return findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
  } catch (thrown) {
    return failedCommand(thrown, flags.output, false);
  }
}

async function ofPlaybook(
  given: string | undefined,
  flags: LintFlags,
  shipped: Shipped,
): Promise<readonly Finding[]> {
  if (given === undefined) {
    throw inputError('nothing to judge', { next: 'ts-play lint site.ts -i inventory.yml' });
  }
  if (flags.inventory === undefined) {
    throw inputError('no inventory given', { next: `ts-play lint ${given} -i inventory.yml` });
  }
  const [playbook, inventory, extraVars] = await Promise.all([
    loadGiven(given, shipped),
    loadInventory(flags.inventory),
    parseExtraVars([...flags.extraVars], process.cwd()),
  ]);
  await refuseVarsFolders(inventory, dirname(given));
  return lintPlaybook(playbook, { inventory, extraVars, limit: flags.limit, playbookName: given });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
