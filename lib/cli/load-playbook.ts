import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { shippedRoles } from '../../roles/index.ts';
import { inputError, type PlayError } from '../errors.ts';
import * as library from '../index.ts';
import { nearest } from '../nearest.ts';
import type { ParametricPlaybook, Playbook } from '../play.ts';

/** A playbook, and the user's own files it was made from. */
export interface LoadedPlaybook {
  readonly path: string;
  readonly playbook: Playbook | ParametricPlaybook;
  readonly files: readonly string[];
}

/**
 * The absolute path of a playbook.
 * @throws PlayError `input` when there is none
 */
export function findPlaybook(given: string): string {
  const path = resolve(given);
  if (existsSync(path)) return path;
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.[cm]?[jt]s$/.test(name)) : [];
  const close = nearest(basename(path), names);
  throw inputError(`no such playbook: ${given}`, {
    next: close ? `did you mean ${join(dirname(given), close)}?` : 'give the path of a .ts file',
  });
}

/**
 * Loads a TypeScript playbook; compiled code is kept in `cacheDir`.
 * @throws PlayError `input` with the place of what it throws
 */
export async function loadPlaybook(path: string, cacheDir: string): Promise<LoadedPlaybook> {
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: join(cacheDir, 'playbooks'),
    interopDefault: false,
    // The playbook shares this very library, wherever it lies: its tasks are made of our classes.
    virtualModules: virtualModules(),
  });
  let loaded: { default?: unknown };
  try {
    loaded = await jiti.import<{ default?: unknown }>(path);
  } catch (thrown) {
    throw thrownBy(thrown, path);
  }
  const playbook = loaded.default;
  if (!isPlaybook(playbook)) {
    throw inputError('the playbook has no plays', {
      where: { file: path },
      next: 'end it with: export default definePlaybook({ plays: [ … ] })',
    });
  }
  const files = Object.keys(jiti.cache).filter(
    (file) => !file.includes('/node_modules/') && existsSync(file),
  );
  return { path, playbook, files: [...new Set([path, ...files])] };
}

function virtualModules(): Record<string, unknown> {
  const roles = Object.entries(shippedRoles).map(([name, module]) => [`ts-play/roles/${name}`, module]);
  return { 'ts-play': library, ...Object.fromEntries(roles) };
}

function isPlaybook(value: unknown): value is Playbook | ParametricPlaybook {
  if (typeof value !== 'object' || value === null) return false;
  return (
    ('plays' in value && Array.isArray(value.plays)) || ('make' in value && typeof value.make === 'function')
  );
}

function thrownBy(thrown: unknown, path: string): PlayError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const place = placeIn(error, path);
  return inputError(
    isSyntaxError(error)
      ? 'the playbook is not valid TypeScript'
      : 'the playbook could not be loaded: it threw an error',
    {
      where: place,
      why: error.message,
      cause: thrown,
    },
  );
}

/** Whether code could not even be read. */
export function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'SyntaxError' || isParseError(error));
}

function isParseError(error: Error): boolean {
  return error.message.startsWith('ParseError:');
}

/** The first place of the stack that is in one of the user's own files. */
function placeIn(error: Error, path: string) {
  const own = (error.stack ?? '')
    .split('\n')
    .filter((line) => !line.includes('node:'))
    .map((line) => /\(?((?:file:\/\/)?\/[^():]+):(\d+):(\d+)\)?$/.exec(line.trim()))
    .find((match) => match?.[1] && !match[1].includes('/node_modules/') && !match[1].includes('/dist/'));
  if (!own?.[1]) return { file: path };
  // The parser, other than the engine, counts columns from 0.
  const column = Number(own[3]) + (isParseError(error) ? 1 : 0);
  return { file: own[1].replace(/^file:\/\//, ''), line: Number(own[2]), column };
}

/** Whether a file is one that types can be checked in. */
export function isTypeScript(path: string): boolean {
  return ['.ts', '.mts', '.cts'].includes(extname(path));
}
