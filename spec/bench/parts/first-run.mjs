import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ansible } from '../ansible.mjs';
import { alternate, ratio } from '../measure.mjs';
import { play } from '../site.mjs';
import { assertStanding } from '../standing.mjs';
import { row, times } from '../table.mjs';

export const rounds = 1;

/** The job on hosts that nothing was done to yet: by Ansible, by ts-play, and by ts-play with the build at hand. */
export async function firstRun({ lab, peerLab, temp, rounds: count, say }) {
  // Nothing else may run meanwhile.
  await peerLab.down();
  const ansible = new Ansible(lab, temp);
  // What is there after the first round: the builds, and the compiled playbook.
  const warm = join(temp, 'cache');

  const onFreshHosts = (what, run) => async () => {
    await lab.fresh();
    const { ms, changed } = await run();
    if (changed === 0) throw new Error(`${what} changed nothing on fresh hosts`);
    await assertStanding(lab);
    say(`first run: ${what} ${Math.round(ms / 1000)} s`);
    return ms;
  };
  const took = await alternate(
    {
      ansible: onFreshHosts('Ansible', async () => {
        await ansible.forget();
        const result = await ansible.play();
        await ansible.forget();
        return result;
      }),
      built: onFreshHosts('ts-play, which builds', async () => {
        const cold = await mkdtemp(join(temp, 'cold-'));
        const result = await play(lab, cold);
        // The first one's builds are what the next contestant has at hand.
        if (existsSync(warm)) await rm(cold, { recursive: true });
        else await rename(cold, warm);
        return result;
      }),
      cached: onFreshHosts('ts-play, build cached', () => play(lab, warm)),
    },
    count,
  );
  const against = `Ansible: ${times(took.ansible)}`;
  const compare = (what, own, target) =>
    row({
      what,
      measured: times(own),
      against,
      figure: ratio(took.ansible, own),
      bound: 'least',
      target,
      unit: '× faster',
    });
  return [
    compare('First run on fresh hosts', took.built, 2),
    compare('First run, build in the cache', took.cached, 7),
  ];
}
