import { command } from './command.ts';

/** Removes a folder and all in it, but never what some other file system shows there. */
export async function removeTree(folder: string): Promise<void> {
  await command(['rm', '-rf', '--one-file-system', '--', folder]);
}
