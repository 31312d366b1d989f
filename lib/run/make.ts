import { extraVarPlace, noExtraVars } from '../inventory/extra-vars.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import type { CheckedVars } from '../model/role.ts';
import { checkValues } from '../model/values.ts';
import { asPlayError, inputError, PlayError } from '../util/errors.ts';
import type { RunOptions } from './options.ts';
import { extraVar } from './vars.ts';

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

/**
 * The parameters, which only the command line sets.
 * @throws PlayError `input` when one is missing or does not fit its schema
 */
function paramsOf(
  { name, params }: ParametricPlaybook,
  { extraVars = noExtraVars }: RunOptions,
): CheckedVars {
  const given = Object.entries(params.properties).map(
    ([param, schema]) => [param, extraVar(extraVars, param, schema)] as const,
  );
  const { values, problem } = checkValues(params, Object.fromEntries(given));
  if (problem === undefined) return values;
  if (problem.missing) {
    throw inputError(`playbook ${name} needs the variable ${problem.name}`, {
      why: problem.why,
      next: `say -e ${problem.name}=…`,
    });
  }
  throw inputError(`variable ${problem.path} of playbook ${name} ${problem.rule}`, {
    where: extraVarPlace(extraVars, problem.name),
    why: problem.why,
  });
}
