import { readFileSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { createJiti as CreateJiti } from 'jiti';
import { packageRoot } from './package.ts';

/** A line of an error's stack that names a file. Lines and columns count from 1. */
interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const ENGINE = [join(packageRoot, 'dist', '/'), join(packageRoot, 'lib', '/')];
/** By file: many hosts may fail at one place. */
const maps = new Map<string, SourceMap | undefined>();
/** What the loader writes before the first line of a module. */
const WRAPPER =
  '(async function (exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve) { '.length;

/**
 * The folder of the file that called the library, by the stack: the playbook's or the role's. The working directory if
 * no other file is in it.
 */
export function callerFolder(): string {
  const caller = framesOf(new Error()).find(({ file }) => !isEngine(file));
  return caller === undefined ? process.cwd() : dirname(caller.file);
}

/** Where in the user's own files an error was made, as far as its stack tells. */
export function ownPlace(error: Error): Frame | undefined {
  const frame = framesOf(error).find(({ file }) => !isEngine(file) && !file.includes('/node_modules/'));
  return frame && inSource(frame);
}

/** Whether an error was made by ts-play itself: its nearest file, other than those of Node, is one of ours. */
export function isEngineError(error: Error): boolean {
  const [nearest] = framesOf(error);
  return nearest !== undefined && isEngine(nearest.file);
}

/** The lines of a stack alone, without the message. */
export function stackLines(error: Error): string {
  const { stack } = error;
  const lines = typeof stack === 'string' ? stack.split('\n') : [];
  return lines.filter((line) => /^\s+at /.test(line)).join('\n');
}

function framesOf(error: Error): readonly Frame[] {
  return stackLines(error)
    .split('\n')
    .flatMap((text) => {
      const found = /^at (?:.*? \()?((?:file:\/\/)?\/.*?):(\d+):(\d+)\)?$/.exec(text.trim());
      const [, path, line, column] = found ?? [];
      if (path === undefined || path.includes('<anonymous>')) return [];
      const file = path.startsWith('file:') ? fileURLToPath(path) : path;
      return [{ file, line: Number(line), column: Number(column) }];
    });
}

/** In a clone the program's own packages lie beside it; the one that ends processes is commander. */
function isEngine(file: string): boolean {
  return ENGINE.some((folder) => file.startsWith(folder)) || file.includes('/node_modules/commander/');
}

/** The place as the user wrote it: the loader keeps the lines of a file, and takes types out of them. */
function inSource(frame: Frame): Frame {
  const { file, line, column } = frame;
  const map = sourceMapOf(file);
  if (map === undefined) return frame;
  const entry = map.findEntry(line - 1, column - 1 - (line === 1 ? WRAPPER : 0));
  // An entry of another line is only the nearest one before: the code has none of its own.
  if (!('originalLine' in entry) || entry.generatedLine !== line - 1) return frame;
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

/** What the loader made of a file; undefined for one that it does not transform. */
function sourceMapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readSourceMap(file));
  return maps.get(file);
}

function readSourceMap(file: string): SourceMap | undefined {
  if (['.mjs', '.cjs'].includes(extname(file))) return undefined;
  try {
    // Only when something went wrong: it takes time to load.
    const { createJiti } = createRequire(import.meta.url)('jiti') as { createJiti: typeof CreateJiti };
    const jiti = createJiti(pathToFileURL(file).href, {
      fsCache: false,
      interopDefault: false,
      sourceMaps: true,
    });
    const code = jiti.transform({
      filename: file,
      source: readFileSync(file, 'utf8'),
      ts: extname(file).includes('ts'),
      async: true,
    });
    const [, map = ''] =
      /\n\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)\s*$/.exec(code) ?? [];
    return new SourceMap(JSON.parse(Buffer.from(map, 'base64').toString()) as SourceMapPayload);
  } catch {
    // No map can be had of what is no module of the loader: the place is then as Node says.
    return undefined;
  }
}
