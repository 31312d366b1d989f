import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: where package.json is. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

export function version(): string {
  const { version: number } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  return number;
}

/** The declarations of everything that can be imported, by specifier: `ts-play`, `ts-play/roles/*`. */
export function exportedTypes(): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return new Map(
    Object.entries(exports).flatMap(([path, entry]) =>
      typeof entry === 'string' ? [] : [[`ts-play${path.slice(1)}`, join(packageRoot, entry.types)] as const],
    ),
  );
}

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
