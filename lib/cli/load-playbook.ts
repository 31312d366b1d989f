import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import * as library from '../index.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import { inputError, type Place, PlayError } from '../util/errors.ts';
import { ownPlace } from '../util/stack.ts';
import { whileLoading } from './guard.ts';
import type { Shipped } from './shipped.ts';
import { reasonOf } from './uncaught.ts';

/** A playbook, and the user's own files it was made from. */
export interface LoadedPlaybook {
  readonly path: string;
  readonly playbook: Playbook | ParametricPlaybook;
  readonly files: readonly string[];
}

/**
 * Loads a TypeScript playbook; compiled code is kept in `cacheDir`.
 * @throws PlayError `input` with the place of what it throws
 */
export async function loadPlaybook(
  path: string,
  cacheDir: string,
  shipped: Pick<Shipped, 'modules'>,
): Promise<LoadedPlaybook> {
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: join(cacheDir, 'playbooks'),
    interopDefault: false,
    // The playbook shares this very library, wherever it lies: its tasks are made of our classes.
    virtualModules: { 'ts-play': library, ...(await shipped.modules()) },
  });
  let loaded: { default?: unknown };
  try {
    loaded = await whileLoading(path, () => jiti.import<{ default?: unknown }>(path));
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

function isPlaybook(value: unknown): value is Playbook | ParametricPlaybook {
  if (typeof value !== 'object' || value === null) return false;
  return (
    ('plays' in value && Array.isArray(value.plays)) || ('make' in value && typeof value.make === 'function')
  );
}

function thrownBy(thrown: unknown, path: string): PlayError {
  if (thrown instanceof PlayError) {
    const where = thrown.where.file === undefined ? (ownPlace(thrown) ?? { file: path }) : {};
    return new PlayError({ ...thrown.at(where).toTrouble(), kind: 'input' });
  }
  const syntax = isSyntaxError(thrown);
  // Behind the reason the parser names the place again, and Node lists the loader's own files when a module is missing.
  const [why = ''] = reasonOf(thrown)
    .replace(/^ParseError:\s*/, '')
    .split(syntax ? '\n' : '\nRequire stack:');
  return inputError(
    syntax ? 'the playbook is not valid TypeScript' : 'the playbook could not be loaded: it threw an error',
    {
      where: (thrown instanceof Error && placeIn(thrown)) || { file: path },
      why,
      ...(thrown instanceof Error ? {} : { next: "throw an Error instead: throw new Error('the reason')" }),
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

function placeIn(error: Error): Place | undefined {
  // The parser speaks of the source, and counts columns from 0; an error that is thrown is placed by the code that ran.
  const parsed = isParseError(error) ? /^\s*(?:file:\/\/)?(\/.+):(\d+):(\d+)$/m.exec(error.message) : null;
  if (parsed?.[1] === undefined) return ownPlace(error);
  return { file: parsed[1], line: Number(parsed[2]), column: Number(parsed[3]) + 1 };
}

/** Whether a file is one that types can be checked in. */
export function isTypeScript(path: string): boolean {
  return ['.ts', '.mts', '.cts'].includes(extname(path));
}
