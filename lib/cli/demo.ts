import { join } from 'node:path';
import { loadInventory } from '../inventory/load.ts';
import { defaultCacheDir } from '../run/options.ts';
import { type RunResult, run } from '../run/run.ts';
import { PlayError } from '../util/errors.ts';
import { packageRoot } from '../util/package.ts';
import { loadPlaybook } from './load-playbook.ts';
import { defaultOutput, reported } from './reported.ts';
import type { Demo, Shipped } from './shipped.ts';

/**
 * Boots the lab, runs the demo's playbook, runs it again to show that nothing changes, then reports the state of the
 * hosts. The lab stays up.
 * @returns 0 only if all of that is as it should be
 */
export async function demo(lab: string, demo: Demo, shipped: Shipped): Promise<number> {
  const [{ labUp }, { readProfile }] = await Promise.all([
    import('../lab/lab.ts'),
    import('../lab/profile.ts'),
  ]);
  heading(`1. The lab: three Debian hosts with systemd, on a network of their own`);
  const profile = await readProfile(join(packageRoot, demo.profile));
  await labUp({ name: lab, profile, say: print });

  heading(`2. ts-play ${demo.playbook} -i ${demo.inventory}`);
  const first = await runOnLab(lab, demo.playbook);
  if (first.exitCode !== 0) return first.exitCode;

  heading('3. The same again: nothing changes');
  const second = await runOnLab(lab, demo.playbook);
  if (second.exitCode !== 0) return second.exitCode;
  const changed = Object.values(second.hosts).reduce((sum, host) => sum + host.changed, 0);

  if (changed > 0) {
    throw new PlayError({ kind: 'failed', what: `the second run changed ${changed} things` });
  }

  heading(`4. ts-play ${demo.report} -i ${demo.inventory}: the state, as the hosts report it`);
  const status = await runOnLab(lab, demo.report);
  if (status.exitCode !== 0) return status.exitCode;
  heading('Go on');
  const isDefault = lab === 'lab';
  print(demo.next(isDefault ? '' : ` --name ${lab}`, isDefault ? '' : ` -e lab_name=${lab}`).join('\n'));
  return 0;

  async function runOnLab(lab: string, path: string): Promise<RunResult> {
    const { playbook } = await loadPlaybook(join(packageRoot, path), defaultCacheDir(), shipped);
    const inventory = await loadInventory(join(packageRoot, demo.inventory));
    return reported({ output: defaultOutput(), verbosity: 0, diff: false }, (shown) =>
      run(playbook, {
        inventory,
        playbookName: path,
        extraVars: { vars: { lab_name: lab }, loose: new Set() },
        ...shown,
      }),
    );
  }
}

function heading(text: string): void {
  print(`\n${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
