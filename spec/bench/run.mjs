// `npm run bench`: measures ts-play against Ansible, against the floor and against its own promises, in one run.
//   --only NAME   one part: first-run, converged, latency, version, loading (repeatable)
//   --pairs N     rounds of each comparison, instead of each part's own number
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareClone } from '../../lib/launch/setup.mjs';
import { Ansible, ensureAnsible } from './ansible.mjs';
import { interrupt } from './execute.mjs';
import { Lab, root } from './lab.mjs';
import { lock, unlock } from './lock.mjs';
import { describeMachine } from './machine.mjs';
import { page } from './page.mjs';
import { converged, rounds as convergedRounds } from './parts/converged.mjs';
import { firstRun, rounds as firstRunRounds } from './parts/first-run.mjs';
import { latency, rounds as latencyRounds } from './parts/latency.mjs';
import { loading, loadingRounds, startUp, versionRounds } from './parts/start-up.mjs';
import { markdown } from './table.mjs';

const parts = {
  'first-run': { measure: firstRun, rounds: firstRunRounds, peer: true, lab: true },
  converged: { measure: converged, rounds: convergedRounds, peer: true, lab: true },
  latency: { measure: latency, rounds: latencyRounds, lab: true },
  version: { measure: startUp, rounds: versionRounds },
  loading: { measure: loading, rounds: loadingRounds },
};

const say = (text) => process.stderr.write(`bench: ${text}\n`);

function usage(text) {
  process.stderr.write(
    `${text}\nusage: npm run bench -- [--only ${Object.keys(parts).join('|')}]… [--pairs N]\n`,
  );
  process.exit(1);
}

function options() {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string', multiple: true, default: [] }, pairs: { type: 'string' } },
    });
    for (const name of values.only) if (!(name in parts)) usage(`there is no part "${name}"`);
    const pairs = values.pairs === undefined ? undefined : Number(values.pairs);
    if (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0))
      usage('--pairs takes a positive whole number');
    return { only: values.only, pairs };
  } catch (error) {
    return usage(error.message);
  }
}

const { only, pairs } = options();
try {
  lock();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exit(1);
}
const chosen = Object.entries(parts).filter(([name]) => only.length === 0 || only.includes(name));
const temp = await mkdtemp(join(os.tmpdir(), 'ts-play-bench-'));
const labs = { lab: new Lab('bench', temp), peerLab: new Lab('bench-ansible', temp) };
let exitCode = 0;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (exitCode !== 130) say('interrupted: taking the labs down …');
    exitCode = 130;
    interrupt(new Error('interrupted'));
  });
}

try {
  await prepareClone();
  if (chosen.some(([, { lab }]) => lab) && process.getuid?.() !== 0)
    throw new Error('labs need root: run it as root');
  if (chosen.some(([, { peer }]) => peer)) await ensureAnsible(say);
  const rows = [];
  for (const [name, { measure, rounds }] of chosen) {
    say(`${name} …`);
    rows.push(...(await measure({ ...labs, temp, rounds: pairs ?? rounds, say })));
  }
  const table = markdown(rows);
  process.stdout.write(`${table}\n`);
  if (only.length === 0) {
    const command = pairs === undefined ? 'npm run bench' : `npm run bench -- --pairs ${pairs}`;
    await writeFile(
      join(root, 'docs', 'benchmarks.md'),
      page({ table, command, machine: await describeMachine() }),
    );
    say('written to docs/benchmarks.md');
  }
  if (rows.some(({ met }) => !met)) exitCode ||= 2;
} catch (error) {
  if (exitCode !== 130) process.stderr.write(`bench: ${error.message}\n`);
  exitCode ||= 1;
} finally {
  for (const lab of Object.values(labs)) {
    await new Ansible(lab, temp).forget();
    if (chosen.some(([, part]) => part.lab)) await lab.down().catch((error) => say(error.message));
  }
  await rm(temp, { recursive: true, force: true });
  unlock();
}
process.exitCode = exitCode;
