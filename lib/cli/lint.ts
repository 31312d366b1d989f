import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lintKeepalivedFiles } from '../../roles/keepalived-build/lint-files.ts';
import { parseExtraVars } from '../inventory/extra-vars.ts';
import { loadInventory } from '../inventory/load.ts';
import { refuseVarsFolders } from '../inventory/vars-folders.ts';
import { formatFindings } from '../lint/format.ts';
import { lintPlaybook } from '../lint/lint-playbook.ts';
import { type Finding, settled } from '../model/finding.ts';
import { painter } from '../report/paint.ts';
import { eventError } from '../run/emit.ts';
import { asPlayError, formatError, inputError } from '../util/errors.ts';
import { loadGiven } from './run-command.ts';

/** The flags of `ts-play lint`, as commander gives them. */
export interface LintFlags {
  readonly inventory?: string;
  readonly limit?: string;
  readonly extraVars: readonly string[];
  /** Files of Keepalived, one a host. */
  readonly keepalived: readonly string[];
  readonly output: 'plain' | 'json';
}

/** Judges a design without contacting a host. @returns 0, or 2 when something is wrong, or 1 for a mistake of input */
export async function lintCommand(playbook: string | undefined, flags: LintFlags): Promise<number> {
  try {
    const findings = settled([
      ...(await ofPlaybook(playbook, flags)),
      ...(await lintKeepalivedFiles(flags.keepalived, (file) => readFile(file, 'utf8'))),
    ]);
    print(
      flags.output === 'json'
        ? JSON.stringify({ type: 'lint', findings })
        : formatFindings(findings, painter(process.stdout.isTTY === true && !process.env['NO_COLOR'])),
    );
    return findings.some(({ severity }) => severity === 'error') ? 2 : 0;
  } catch (thrown) {
    const error = asPlayError(thrown, 'failed');
    if (flags.output === 'json') print(JSON.stringify({ type: 'error', error: eventError(error) }));
    process.stderr.write(`${formatError(error)}\n`);
    return error.kind === 'input' ? 1 : 250;
  }
}

async function ofPlaybook(given: string | undefined, flags: LintFlags): Promise<readonly Finding[]> {
  if (given === undefined) {
    if (flags.keepalived.length > 0) return [];
    throw inputError('nothing to judge', { next: 'ts-play lint site.ts -i inventory.yml' });
  }
  if (flags.inventory === undefined) {
    throw inputError('no inventory given', { next: `ts-play lint ${given} -i inventory.yml` });
  }
  const [playbook, inventory, extraVars] = await Promise.all([
    loadGiven(given),
    loadInventory(flags.inventory),
    parseExtraVars([...flags.extraVars], process.cwd()),
  ]);
  await refuseVarsFolders(inventory, dirname(given));
  return lintPlaybook(playbook, { inventory, extraVars, limit: flags.limit, playbookName: given });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
