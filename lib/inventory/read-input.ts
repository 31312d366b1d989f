import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { inputError, PlayError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';

/**
 * The text of a file that the user named.
 * @param what what the file is, for errors: `inventory` or `variables`.
 */
export async function readInput(file: string, what: string): Promise<string> {
  try {
    const stats = await stat(file);
    if (stats.isCharacterDevice() || stats.isBlockDevice()) {
      throw inputError(`"${file}" is a device, but the ${what} must be a file`, { where: { file } });
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof PlayError) throw error;
    throw await unreadable(file, what, error);
  }
}

async function unreadable(file: string, what: string, cause: unknown): Promise<PlayError> {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const where = { file };
  if (code === 'EISDIR') {
    return inputError(`"${file}" is a folder, but the ${what} must be a file`, {
      where,
      next: `name one file in it; folders are not supported yet${what === 'inventory' ? `; to merge the folder into one file: ansible-inventory -i ${file} --list --yaml --output hosts.yml` : ''}`,
      cause,
    });
  }
  if (code === 'ENOENT') {
    const neighbours = await readdir(dirname(file)).catch(() => []);
    return inputError(`there is no ${what} file "${file}"`, {
      where,
      next: didYouMean(basename(file), neighbours),
      cause,
    });
  }
  return inputError(`the ${what} file "${file}" can't be read`, { where, why: String(code ?? cause), cause });
}
