import { inputError, type Place, PlayError } from '../util/errors.ts';
import type { Value, Vars } from './inventory.ts';

/** What Jinja would evaluate: `{{ expression }}`, `{% statement %}` or `{# comment #}`. */
const TEMPLATE = /\{\{|\{%|\{#[\s\S]*?#\}/;

/** Variables with at least one guard, and the errors that guards threw. */
const guarded = new WeakSet<object>();
const refusals = new WeakSet<PlayError>();

export function isTemplate(text: string): boolean {
  return TEMPLATE.test(text);
}

/**
 * Makes it an error to read a variable that contains a template: the text would reach a host unevaluated. A variable
 * that is never read does no harm; it may be meant for other tools.
 * @param templates by name of variable, where its template is
 */
export function guardVars(vars: Record<string, Value>, templates: ReadonlyMap<string, Place>): Vars {
  if (templates.size === 0) return vars;
  for (const [name, where] of templates) {
    Object.defineProperty(vars, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        throw refusal(name, where);
      },
    });
  }
  guarded.add(vars);
  return vars;
}

/** `{ ...vars, ...over }`, but without reading a value. */
export function overlay(vars: Vars, over: Vars): Vars {
  if (!guarded.has(vars) && !guarded.has(over)) return { ...vars, ...over };
  const both = { ...Object.getOwnPropertyDescriptors(vars), ...Object.getOwnPropertyDescriptors(over) };
  const merged: Vars = Object.defineProperties({}, both);
  guarded.add(merged);
  return merged;
}

/** Whether any variable contains a template. */
export function hasTemplates(vars: Vars): boolean {
  return guarded.has(vars);
}

/** The variables that contain no template, for code that reads all of them. */
export function withoutTemplates(vars: Vars): Vars {
  const plain = Object.entries(Object.getOwnPropertyDescriptors(vars)).filter(([, { get }]) => !get);
  return Object.fromEntries(plain.map(([name, { value }]) => [name, value]));
}

/** Whether an error was thrown by reading a variable that contains a template. */
export function isTemplateRefusal(thrown: unknown): thrown is PlayError {
  return thrown instanceof PlayError && refusals.has(thrown);
}

function refusal(name: string, where: Place): PlayError {
  const literal = where.file?.startsWith('-e') ? `-e '{ ${name}: !unsafe "…" }'` : `${name}: !unsafe "…"`;
  const error = inputError(`the variable ${name} contains a template, but templates are not supported yet`, {
    where,
    why: 'the host would get the unevaluated text, with its braces',
    next: `write the value itself; for literal braces: ${literal}`,
  });
  refusals.add(error);
  return error;
}
