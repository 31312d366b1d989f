import { join } from 'node:path';
import { Ansible } from '../ansible.mjs';
import { prepareFloor } from '../floor.mjs';
import { alternate, ratio } from '../measure.mjs';
import { play } from '../site.mjs';
import { assertStanding } from '../standing.mjs';
import { row, times } from '../table.mjs';

export const rounds = 3;
/** Of the comparison with the floor, which takes a second. */
const FLOOR_ROUNDS = 9;

/**
 * The job where nothing is left to do. Each tool has a lab of its own, since neither leaves things as the other
 * wants them; the floor is compared before the other lab's brokers share the machine.
 */
export async function converged({ lab, peerLab, temp, rounds: count, say }) {
  const cache = join(temp, 'cache');
  const ansible = new Ansible(peerLab, temp);
  await lab.up();
  say('converged rerun: ts-play sets up its lab');
  await play(lab, cache);
  await assertStanding(lab);
  const floor = await prepareFloor(lab, temp);
  const unchanged = (what, run) => async () => {
    const { ms, changed } = await run();
    if (changed > 0) throw new Error(`${what} changed ${changed} things on converged hosts`);
    return ms;
  };
  const rerun = unchanged('ts-play', () => play(lab, cache));
  // The first of each fills its caches.
  await rerun();
  await floor();
  const bare = await alternate({ floor, tsPlay: rerun }, FLOOR_ROUNDS);

  await peerLab.up();
  say('converged rerun: Ansible sets up its lab');
  await ansible.play();
  await assertStanding(peerLab);
  const took = await alternate(
    {
      ansible: unchanged('Ansible', () => ansible.play()),
      tsPlay: rerun,
    },
    count,
  );
  await ansible.forget();
  await peerLab.down();
  const measured = times(took.tsPlay);
  return [
    row({
      what: 'Converged rerun against Ansible',
      measured,
      against: `Ansible: ${times(took.ansible)}`,
      figure: ratio(took.ansible, took.tsPlay),
      bound: 'least',
      target: 25,
      unit: '× faster',
    }),
    row({
      what: 'Converged rerun against the floor',
      measured: times(bare.tsPlay),
      against: `three parallel \`ssh HOST sh -s\`: ${times(bare.floor)}`,
      figure: ratio(bare.tsPlay, bare.floor),
      bound: 'most',
      target: 2,
      unit: '× the floor',
    }),
  ];
}
