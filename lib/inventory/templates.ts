import { inputError, type Place, PlayError } from '../util/errors.ts';
import type { Value, Vars } from './inventory.ts';

/** What Jinja would evaluate: an expression, a statement or a comment. */
const TEMPLATE = /\{\{|\{%|\{#[\s\S]*?#\}/;

/** Variables of which some are guarded, and the errors that the guards threw. */
const guarded = new WeakSet<object>();
const refusals = new WeakSet<PlayError>();

export function isTemplate(text: string): boolean {
  return TEMPLATE.test(text);
}

/**
 * Makes reading a variable that holds a template an error: its text would reach a host as it is written. A variable that
 * nobody reads does no harm, and may be meant for other tools.
 * @param templates where the template of each such variable stands
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

/** `{ ...vars, ...over }` without reading a value. */
export function overlay(vars: Vars, over: Vars): Vars {
  if (!guarded.has(vars) && !guarded.has(over)) return { ...vars, ...over };
  const both = { ...Object.getOwnPropertyDescriptors(vars), ...Object.getOwnPropertyDescriptors(over) };
  const merged: Vars = Object.defineProperties({}, both);
  guarded.add(merged);
  return merged;
}

/** Whether a variable holds a template. */
export function hasTemplates(vars: Vars): boolean {
  return guarded.has(vars);
}

/** Without the variables that hold a template: for who looks through all of them. */
export function withoutTemplates(vars: Vars): Vars {
  const plain = Object.entries(Object.getOwnPropertyDescriptors(vars)).filter(([, { get }]) => !get);
  return Object.fromEntries(plain.map(([name, { value }]) => [name, value]));
}

/** Whether an error was thrown because a variable that holds a template was read. */
export function isTemplateRefusal(thrown: unknown): thrown is PlayError {
  return thrown instanceof PlayError && refusals.has(thrown);
}

function refusal(name: string, where: Place): PlayError {
  const literal = where.file?.startsWith('-e') ? `-e '{ ${name}: !unsafe "…" }'` : `${name}: !unsafe "…"`;
  const error = inputError(`the variable ${name} holds a template, and templates are not supported yet`, {
    where,
    why: 'hosts would get the text as it is written, with its braces',
    next: `write the value itself; where the braces are meant literally: ${literal}`,
  });
  refusals.add(error);
  return error;
}
