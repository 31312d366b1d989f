import { relative } from 'node:path';
import { filePlace, inputError, type Place, type PlayError } from '../util/errors.ts';
import type { MisspeltVar } from './misspelt-vars.ts';

/** How many errors are told one by one; the others follow when these are corrected. */
const MOST = 10;
/** Lines of reasons that an error is told with. */
const MOST_REASONS = 4;

interface TypeError {
  readonly where: Place;
  /** As in `TS2322`; undefined for what the compiler did not report. */
  readonly code?: string;
  readonly text: string;
  /** Why, from the outermost reason to the innermost, as the compiler indents them. */
  readonly reasons: readonly string[];
}

/**
 * What the compiler found, each with its own place and its own reasons. `list` is a file that has all of it. `misspelt`
 * are added where the compiler does not name them.
 */
export function typeErrors(output: string, list: string, misspelt: readonly MisspeltVar[] = []): PlayError {
  const hidden = misspelt.filter(({ name }) => !output.includes(`'${name}'`) && !output.includes(`${name}:`));
  const errors = [...hidden.map(asError), ...read(output)];
  const [first, ...others] = errors;
  if (first === undefined) return inputError('the playbook has type errors', { why: output });
  if (others.length === 0) {
    return inputError(`type error in the playbook: ${first.text}`, {
      where: first.where,
      why: [...first.reasons, first.code].filter(Boolean).join('\n'),
    });
  }
  const left = errors.length - MOST;
  return inputError(`${errors.length} type errors in the playbook`, {
    where: first.where,
    why: errors.slice(0, MOST).flatMap(inWords).join('\n'),
    ...(left > 0 ? { next: `correct these first; ${left} more are in ${list}` } : {}),
  });
}

function inWords({ where, code, text, reasons }: TypeError): readonly string[] {
  const place = filePlace(where);
  const line = [place && `${place}:`, text, code && `(${code})`].filter(Boolean).join(' ');
  return [line, ...reasons.map((reason) => `  ${reason}`)];
}

function asError({ text, where = {} }: MisspeltVar): TypeError {
  return {
    where: where.file === undefined ? where : { ...where, file: shown(where.file) },
    text,
    reasons: [],
  };
}

function read(output: string): readonly TypeError[] {
  const errors: (TypeError & { readonly reasons: string[] })[] = [];
  for (const line of output.split('\n')) {
    const [, file, row, column, code, text] = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line) ?? [];
    if (file && code && text !== undefined) {
      const where = { file: shown(file), line: Number(row), column: Number(column) };
      errors.push({ where, code, text: readable(text), reasons: [] });
    } else if (line.startsWith(' ')) errors.at(-1)?.reasons.push(readable(line.slice(2)));
  }
  return errors.map((error) => ({ ...error, reasons: shortened(error.reasons) }));
}

/** The type of a role's variables, written out, is a page long. */
function readable(text: string): string {
  return text.replaceAll(/(?:type )?'GivenVars<\{.*?\}>'(?![\w;])/g, "the role's variables");
}

/** The outermost reason says which part is meant, and the innermost what is wrong with it. */
function shortened(reasons: readonly string[]): readonly string[] {
  if (reasons.length <= MOST_REASONS) return reasons;
  const [outermost = ''] = reasons;
  return [outermost, '  …', ...reasons.slice(2 - MOST_REASONS)];
}

/** The compiler names files from the root folder on. */
function shown(file: string): string {
  const path = file.startsWith('/') ? file : `/${file}`;
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}
