import { Ajv, type Options } from 'ajv';

/**
 * An ajv made for schemas that are used a few times and thrown away with the process: they are known to be right (the
 * specs check them against the draft), and to optimise the code it makes would cost more than it saves.
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
