// The relay's process: node relay.js SOCKET PIDFILE, run in the lab's controller namespace by `lab up`.
import { rmSync, writeFileSync } from 'node:fs';
import { ownRecord } from './process.ts';
import { createRelay } from './relay-server.ts';

const [socket, pidFile] = process.argv.slice(2);
if (socket === undefined || pidFile === undefined) {
  console.error('usage: relay SOCKET PIDFILE');
  process.exit(1);
}
writeFileSync(pidFile, await ownRecord());
// One that died left its socket behind; `lab up` starts a relay only when none answers.
rmSync(socket, { force: true });
createRelay().listen(socket);
