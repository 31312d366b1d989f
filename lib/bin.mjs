#!/usr/bin/env node
// Plain JavaScript, so that it starts at once and works in a fresh clone, where nothing is installed or compiled yet.
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(version);
} else {
  const { prepareClone } = await import('./launch/setup.mjs');
  await prepareClone();
  const { start } = await import('./launch/start.mjs');
  // A timer or a server that a playbook has left behind must not keep the program from its end.
  process.exit(await start(args));
}
