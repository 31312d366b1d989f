import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../execute.mjs';
import { tsPlay } from '../lab.mjs';
import { alternate, median, ratio } from '../measure.mjs';
import { row, times } from '../table.mjs';

const version = async () => (await tsPlay(['--version'])).ms;

export const versionRounds = 15;

/** How long it takes to say anything at all. */
export async function startUp({ rounds: count }) {
  const nothing = async () => (await execute(process.execPath, ['-e', '0'])).ms;
  await version();
  const took = await alternate({ version, nothing }, count);
  return [
    row({
      what: '`ts-play --version`',
      measured: times(took.version),
      against: `\`node -e 0\`: ${times(took.nothing)}`,
      figure: ratio(took.version, took.nothing),
      bound: 'most',
      target: 2,
      unit: '×',
    }),
  ];
}

export const loadingRounds = 7;

/** What a TypeScript playbook adds: compiled and checked for the first time, and from then on. */
export async function loading({ temp, rounds: count }) {
  const list = async (cache) =>
    (
      await tsPlay(['playbooks/site.ts', '-i', 'inventory/lab.yml', '--list-hosts'], {
        env: { TS_PLAY_CACHE: cache },
      })
    ).ms;
  const warm = await mkdtemp(join(temp, 'loading-'));
  await list(warm);
  const took = await alternate(
    {
      version,
      warm: () => list(warm),
      cold: async () => {
        const cold = await mkdtemp(join(temp, 'loading-'));
        const ms = await list(cold);
        await rm(cold, { recursive: true });
        return ms;
      },
    },
    count,
  );
  const added = (what, listed) =>
    row({
      what,
      measured: times(listed),
      against: `\`--version\`: ${times(took.version)}`,
      figure: median(listed.map((ms, round) => ms - took.version[round])) / 1000,
      bound: 'most',
      target: 1,
      unit: ' s more',
    });
  return [
    added('Loading `playbooks/site.ts` (`--list-hosts`)', took.warm),
    added('The same for the first time, types checked', took.cold),
  ];
}
