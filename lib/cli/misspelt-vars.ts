import { readFileSync } from 'node:fs';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import { isRoleUse } from '../model/role.ts';
import type { Place } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';

/** A variable that the playbook gives a role which does not have it. */
export interface MisspeltVar {
  readonly name: string;
  readonly text: string;
  /** Where the name first is in the playbook's files; undefined if it is made at run time. */
  readonly where?: Place;
}

/**
 * The variables of roles that no role has. The compiler reports at most one error of an object literal, so that a wrong
 * type hides a wrong name beside it. A playbook with parameters has no roles yet.
 */
export function misspeltVars(
  playbook: Playbook | ParametricPlaybook,
  files: readonly string[],
): readonly MisspeltVar[] {
  if (!('plays' in playbook)) return [];
  const uses = playbook.plays.flatMap(({ roles = [] }) => roles).filter(isRoleUse);
  return uses.flatMap(({ name: role, given, schema: { properties } }) =>
    Object.keys(given)
      .filter((name) => !(name in properties))
      .map((name) => ({
        name,
        text: [`unknown variable ${name} for role ${role}`, didYouMean(name, Object.keys(properties))]
          .filter(Boolean)
          .join('; '),
        ...placeIn(files, name),
      })),
  );
}

function placeIn(files: readonly string[], name: string): { readonly where?: Place } {
  for (const file of files) {
    for (const [row, text] of readFileSync(file, 'utf8').split('\n').entries()) {
      const word = [...text.matchAll(/[\w$]+/g)].find(([each]) => each === name);
      if (word !== undefined) return { where: { file, line: row + 1, column: word.index + 1 } };
    }
  }
  return {};
}
