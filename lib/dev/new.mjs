// `npm run new KIND NAME` writes the files of a new task type, role or playbook, with a spec that passes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { templates } from './templates.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kinds = Object.keys(templates);
const [kind = '', name = '', ...more] = process.argv.slice(2);

if (!kinds.includes(kind) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || more.length > 0) {
  console.error(`usage: npm run new ${kinds.join('|')} NAME\nNAME is in kebab-case: time-zone`);
  process.exit(1);
}
const files = templates[kind](name);
const taken = Object.keys(files).filter((path) => existsSync(join(root, path)));
if (taken.length > 0) {
  console.error(`nothing was written, since these exist: ${taken.join(', ')}`);
  process.exit(1);
}
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
node(
  'node_modules/@biomejs/biome/bin/biome',
  'check',
  '--write',
  ...Object.keys(files).filter((path) => path.endsWith('.ts')),
);
if (kind !== 'playbook') node('lib/dev/generate.mjs', ...(kind === 'task' ? ['--sources'] : []));
const [spec] = Object.keys(files).filter((path) => path.endsWith('.spec.ts'));
console.log(`written: ${Object.keys(files).join(', ')}\nrun its spec: npm run spec -- ${spec}`);

function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
