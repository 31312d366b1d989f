import { Ajv, type Options } from 'ajv';

/**
 * An Ajv for schemas that validate a few values and then are not used again. It skips the check of the schemas (the
 * specs check them against the draft) and the optimisation of the generated code, which would cost more than it saves.
 */
export function quickAjv(options: Options): Ajv {
  return new Ajv({
    allErrors: true,
    meta: false,
    validateSchema: false,
    code: { optimize: false },
    ...options,
  });
}
