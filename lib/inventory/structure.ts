import type { ErrorObject, ValidateFunction } from 'ajv';
import { quickAjv } from '../util/ajv.ts';
import { inputError, type Place, type PlayError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import type { Value } from './inventory.ts';
import { groupKeys, inventorySchema } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

// Compiled on first use, so that an import of the library costs nothing when no inventory is read.
let compiled: ValidateFunction | undefined;

/** Everything in the file that doesn't have the shape of an inventory. */
export function structureMistakes(yaml: YamlFile): PlayError[] {
  compiled ??= quickAjv({ verbose: true, strict: false }).compile(inventorySchema);
  if (compiled(yaml.data)) return [];
  return (compiled.errors ?? []).map((error) => mistake(error, yaml));
}

function mistake(error: ErrorObject, yaml: YamlFile): PlayError {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty']);
    return inputError(`unknown key "${key}" in the group "${path.at(-1) ?? ''}"`, {
      where: placeOf([...path, key], yaml),
      next:
        didYouMean(key, groupKeys) ??
        'a group has only hosts, vars and children; write variables under vars, and hosts under hosts',
    });
  }
  const name = path.at(-1);
  const expected = String(error.parentSchema?.['description'] ?? 'something else');
  return inputError(
    `${name === undefined ? 'an inventory' : `"${name}"`} must be ${expected}, but is ${kindOf(error.data)}`,
    { where: placeOf(path, yaml), next: advice(error.data, path) },
  );
}

function advice(data: unknown, path: readonly string[]): string | undefined {
  if (path.length === 1 && path[0] === 'plugin') {
    return 'inventory plugins are not supported: write the output of ansible-inventory --list --yaml to a file';
  }
  if (Array.isArray(data) && path.at(-1) !== 'vars')
    return 'write each name as a key on its own line: "name:"';
  return undefined;
}

/** Where the last key of the path is; for an unknown path, its last known key. */
function placeOf(path: readonly string[], yaml: YamlFile): Place {
  let place = yaml.place;
  let data: Value | undefined = yaml.data;
  for (const key of path) {
    const entry = yaml.entries(data).find((candidate) => candidate.key === key);
    if (entry === undefined) break;
    place = entry.place;
    data = entry.value;
  }
  return place;
}

function kindOf(data: unknown): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  return typeof data === 'boolean' ? `${data}` : `a ${typeof data === 'string' ? 'string' : typeof data}`;
}
