// The relay's process: node relay.js SOCKET PIDFILE. `lab up` starts it in the lab's controller namespace.
import { rmSync, writeFileSync } from 'node:fs';
import { ownRecord } from './process.ts';
import { createRelay } from './relay-server.ts';

const [socket, pidFile] = process.argv.slice(2);
if (socket === undefined || pidFile === undefined) {
  console.error('usage: relay SOCKET PIDFILE');
  process.exit(1);
}
writeFileSync(pidFile, await ownRecord());
// A dead relay leaves its socket behind; `lab up` starts a relay only when none answers.
rmSync(socket, { force: true });
createRelay().listen(socket);
