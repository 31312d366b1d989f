// Runs playbooks/site.ts on fresh hosts, again and again, each time the moment SSH answers: the brokers are then in the
// middle of their first boot. `node spec/life/first-runs.mjs --runs 30 --image trixie`
//   --runs N      how often (3)
//   --image NAME  of the hosts: bookworm, trixie (bookworm)
//   --hosts N     how many hosts; the inventory has three brokers, more make the machine busier (3)
//   --role NAME   only this role of site.ts (repeatable); without it the whole of it, HAProxy and Keepalived too
//   --name LAB    the lab's name, which no other lab of this machine may have (first-runs)
//   --cache DIR   where builds are kept, so that HAProxy is compiled once; a folder that goes at the end when left out
//   --keep        stop at the first failure, and leave its lab up
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareClone } from '../../lib/launch/setup.mjs';
import { interrupt } from '../bench/execute.mjs';
import { tsPlay } from '../bench/lab.mjs';

const BROKERS = ['hadoop001', 'hadoop002', 'hadoop003'];
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    image: { type: 'string', default: 'bookworm' },
    hosts: { type: 'string', default: '3' },
    role: { type: 'string', multiple: true, default: [] },
    name: { type: 'string', default: 'first-runs' },
    cache: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a positive whole number');

const lab = (verb, ...args) => tsPlay(['lab', verb, '--name', values.name, ...args], { seconds: 900 });
const down = () => tsPlay(['lab', 'down', '--name', values.name], { always: true, seconds: 300 });

/** One first run. @returns what is wrong with it; undefined when nothing is */
async function firstRun(cache) {
  await down();
  const profile = ['--profile', 'inventory/lab.profile.yml'];
  await lab('up', '--hosts', values.hosts, '--image', values.image, ...profile);
  const roles = values.role.flatMap((role) => ['--role', role]);
  const site = ['playbooks/site.ts', '-i', 'inventory/lab.yml', '-e', `lab_name=${values.name}`, ...roles];
  const { code, stdout, stderr } = await tsPlay(site, {
    env: { TS_PLAY_CACHE: cache },
    codes: [0, 1, 2, 3, 4],
  });
  if (code !== 0) return `site.ts ended with ${code}\n${stdout}${stderr}`;
  for (const host of BROKERS) {
    const asked = ['--', 'rabbitmqctl', '-q', 'cluster_status', '--formatter', 'json'];
    const { stdout: text } = await lab('exec', host, ...asked);
    const { running_nodes: nodes } = JSON.parse(text.slice(text.search(/^\{/m)));
    const expected = BROKERS.map((name) => `rabbit@${name}`);
    if (nodes.sort().join() !== expected.join()) return `${host} sees ${nodes.join(', ') || 'nobody'} run`;
  }
  return undefined;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => interrupt(new Error('interrupted: the lab is taken down')));

await prepareClone();
const cache = values.cache ?? (await mkdtemp(join(tmpdir(), 'ts-play-first-runs-')));
let failures = 0;
let done = 0;
let kept = false;
try {
  while (done < runs && !kept) {
    const started = Date.now();
    const wrong = await firstRun(cache).catch((error) => {
      if (error.message.startsWith('interrupted')) throw error;
      return error.message;
    });
    done += 1;
    if (wrong !== undefined) failures += 1;
    const took = `${Math.round((Date.now() - started) / 1000)} s`;
    console.log(`${values.image} ${done}/${runs}: ${wrong === undefined ? 'ok' : 'FAILED'}, ${took}`);
    if (wrong !== undefined) console.log(wrong.trimEnd().replaceAll(/^/gm, '    '));
    kept = wrong !== undefined && values.keep;
  }
} finally {
  if (kept) console.log(`its hosts are left up: ts-play lab status --name ${values.name}`);
  else await down();
  if (values.cache === undefined) await rm(cache, { recursive: true, force: true });
}
console.log(`${values.image}: ${done} first runs on fresh hosts, ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;
