import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alternate, median } from '../measure.mjs';
import { play } from '../site.mjs';
import { row, times } from '../table.mjs';

export const rounds = 7;

const roundTrip = 50;
const tasks = 100;

const playbook = `import { definePlaybook, defineRole, file } from 'ts-play';

const small = defineRole({
  name: 'small',
  description: '${tasks} small tasks',
  prefix: 'small_',
  vars: { type: 'object', additionalProperties: false, properties: {} },
  steps: [
    async () => () =>
      Array.from({ length: ${tasks} }, (_, n) => file({ path: \`/var/tmp/ts-play-bench-\${n}\`, content: \`\${n}\\n\` })),
  ],
});

export default definePlaybook({
  name: 'latency',
  plays: [{ name: 'small tasks', hosts: 'hadoop001', roles: [small()] }],
});
`;

/** A converged role of ${tasks} tasks on a host that is ${roundTrip} ms away: what it costs beyond the connect. */
export async function latency({ lab, temp, rounds: count, say }) {
  const cache = join(temp, 'cache');
  const path = join(temp, 'latency.ts');
  await writeFile(path, playbook);
  await lab.up();
  await play(lab, cache, path);

  let trips = 0;
  const connects = [];
  const wholes = [];
  const beyondConnect = async () => {
    const { changed, recap, events } = await play(lab, cache, path);
    if (changed > 0 || recap.hosts.hadoop001.ok !== tasks) throw new Error('the role was not converged');
    trips = Math.max(trips, recap.hosts.hadoop001.roundTrips);
    const connect = events.find(({ type }) => type === 'connected').durationMs;
    connects.push(connect);
    wholes.push(recap.durationMs);
    return recap.durationMs - connect;
  };
  const near = (await alternate({ beyondConnect }, count)).beyondConnect;
  say(`latency: ${lab.name} is now ${roundTrip} ms away`);
  const nearWhole = median(wholes);
  connects.length = 0;
  wholes.length = 0;
  await lab.delay(roundTrip);
  try {
    const far = (await alternate({ beyondConnect }, count)).beyondConnect;
    const bound = { bound: 'most', target: 3 };
    return [
      row({
        what: `Converged role of ${tasks} tasks, ${roundTrip} ms away: what the distance adds after the connect`,
        measured: `${times(far)} after a connect (TCP, keys, login, shell) of ${times(connects)}; connect and all, the distance costs ${((median(wholes) - nearWhole) / roundTrip).toFixed(1)} round trips`,
        against: `the same at 0 ms: ${times(near)}; ${Math.round(median(far) - median(near))} ms more`,
        figure: (median(far) - median(near)) / roundTrip,
        unit: ' round trips',
        ...bound,
      }),
      row({
        what: 'The same, commands sent to the host',
        measured: String(trips),
        against: '',
        figure: trips,
        unit: ' round trips',
        ...bound,
      }),
    ];
  } finally {
    await lab.delay(0).catch(() => {});
  }
}
