/** Throws when a name can't be one: nothing that a program could take for an option, a pattern or several words. */
export function validateName(what: string, name: string, allowed: RegExp): void {
  if (!allowed.test(name)) throw new Error(`'${name}' is not the name of a ${what}`);
}

export const ACCOUNT = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/;
export const UNIT = /^[A-Za-z0-9_:.\\@][A-Za-z0-9_:.\\@-]*$/;
export const PACKAGE = /^[A-Za-z0-9][A-Za-z0-9+._-]*(:[a-z0-9-]+)?$/;
