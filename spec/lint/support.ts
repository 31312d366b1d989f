import { parseExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { lintPlaybook } from '../../lib/lint/lint-playbook.ts';
import type { Finding } from '../../lib/model/finding.ts';
import type { Play } from '../../lib/model/play.ts';

/** The findings for plays on an inventory, as on the command line. */
export async function lintPlays(
  plays: readonly Play[],
  inventory: string,
  { limit, extra = [] }: { readonly limit?: string; readonly extra?: readonly string[] } = {},
): Promise<readonly Finding[]> {
  return lintPlaybook(
    { plays },
    {
      inventory: parseInventory(inventory, 'hosts.yml'),
      extraVars: await parseExtraVars([...extra], process.cwd()),
      playbookName: 'site.ts',
      ...(limit === undefined ? {} : { limit }),
    },
  );
}

/** `severity rule line` of each finding, to compare. */
export function brief(findings: readonly Finding[]): readonly string[] {
  return findings.map(
    ({ severity, rule, where }) => `${severity} ${rule} ${where.line ?? where.file ?? '-'}`,
  );
}
