import { command } from './command.ts';

/** Removes a folder with its content, but nothing on other file systems that are mounted in it. */
export async function removeTree(folder: string): Promise<void> {
  await command(['rm', '-rf', '--one-file-system', '--', folder]);
}
