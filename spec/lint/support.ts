import { parseExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { lintPlaybook } from '../../lib/lint/lint-playbook.ts';
import type { Finding } from '../../lib/model/finding.ts';
import type { Play } from '../../lib/model/play.ts';

/** Findings of plays on an inventory, as the command line would come to them. */
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

/** `severity rule line` of each, for comparing. */
export function brief(findings: readonly Finding[]): readonly string[] {
  return findings.map(
    ({ severity, rule, where }) => `${severity} ${rule} ${where.line ?? where.file ?? '-'}`,
  );
}
