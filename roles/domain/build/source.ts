import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlayError, type ValidateContext } from '../../../lib/index.ts';

/** Where a source archive comes from: this machine, or an address that the building host fetches. */
export type Source = { readonly path: string } | { readonly url: string };

/** A variable's text as a source. */
export function sourceOf(text: string): Source {
  return /^[a-z]+:\/\//i.test(text) ? { url: text } : { path: resolve(text) };
}

/** The variables that name a source, for errors. */
export interface SourceNames {
  readonly source: string;
  readonly sha256: string;
}

/**
 * The source that a build is made from.
 * @throws PlayError `input` when a variable that names it is missing
 */
export function requireSource(
  text: string | undefined,
  sha256: string | undefined,
  names: SourceNames,
): { readonly source: Source; readonly sha256: string } {
  if (text !== undefined && sha256 !== undefined) return { source: sourceOf(text), sha256 };
  const name = text === undefined ? names.source : names.sha256;
  throw mistake(`${name} is missing, and without it nothing can be built`);
}

/**
 * Checks what can be checked of a source without contacting a host: that it is named, and a file is there and has this sha256.
 * @param names the variables to name in an error
 */
export function validateSource(
  text: string | undefined,
  expected: string | undefined,
  names: SourceNames,
  { designOnly = false }: Pick<ValidateContext, 'designOnly'> = {},
): void {
  const { source, sha256 } = requireSource(text, expected, names);
  if ('url' in source) {
    const url = URL.canParse(source.url) ? new URL(source.url) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw mistake(`${names.source} is neither a path nor an http(s) address: ${source.url}`);
    }
    if (url.username || url.password) {
      throw mistake(`${names.source} can't hold a login: every user of the host could read it`);
    }
    return;
  }
  if (designOnly) return;
  const actual = localSha256(source.path, names.source);
  if (actual === sha256) return;
  throw mistake(
    `${source.path} is not the file that ${names.sha256} asks for: its sha256 is ${actual}, expected ${sha256}`,
    `find out which of the two is right before you change ${names.sha256}`,
  );
}

const seen = new Map<string, string>();

/** A file that has not changed since is hashed only once. */
function localSha256(path: string, variable: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    const key = `${path}\0${size}\0${mtimeMs}`;
    const sha256 = seen.get(key) ?? createHash('sha256').update(readFileSync(path)).digest('hex');
    seen.set(key, sha256);
    return sha256;
  } catch (cause) {
    throw new PlayError({
      kind: 'input',
      what: `${variable} names a file that can't be read on this machine: ${path}`,
      why: cause instanceof Error ? cause.message : String(cause),
      next: `download the source, or set ${variable} to its http(s) address`,
      cause,
    });
  }
}

function mistake(what: string, next?: string): PlayError {
  return new PlayError({ kind: 'input', what, next });
}
