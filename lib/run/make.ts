import { noExtraVars } from '../inventory/extra-vars.ts';
import type { InventoryHost } from '../inventory/inventory.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import { asPlayError, PlayError } from '../util/errors.ts';
import type { RunOptions } from './options.ts';
import { roleVars } from './vars.ts';

/**
 * A playbook's plays and the options to run them with: one that has parameters is made from them first.
 * @throws PlayError `input`
 */
export async function makePlaybook(
  playbook: Playbook | ParametricPlaybook,
  options: RunOptions,
): Promise<{ readonly playbook: Playbook; readonly options: RunOptions }> {
  if (!('make' in playbook)) return { playbook, options };
  const params = paramsOf(playbook, options);
  try {
    const made = await playbook.make({
      params,
      inventory: options.inventory,
      write: options.write ?? true,
    });
    return {
      playbook: { name: playbook.name, ...made },
      options: { ...options, inventory: made.inventory ?? options.inventory },
    };
  } catch (thrown) {
    const error = asPlayError(thrown, 'input');
    throw new PlayError({ ...error.toTrouble(), kind: 'input' });
  }
}

/** Parameters come from the command line alone: of which host should the inventory's count? */
function paramsOf({ name, params }: ParametricPlaybook, { extraVars }: RunOptions) {
  const nobody: InventoryHost = { name: '-e', vars: {}, groups: [], place: () => ({ file: '-e' }) };
  const use = { kind: 'playbook', name, prefix: '', schema: params, given: {}, tags: [], steps: [] } as const;
  return roleVars({ ...use, validate: () => {} }, nobody, extraVars ?? noExtraVars);
}
