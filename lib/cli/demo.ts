import { join } from 'node:path';
import { loadInventory } from '../inventory/load.ts';
import { defaultCacheDir } from '../run/options.ts';
import { type RunResult, run } from '../run/run.ts';
import { PlayError } from '../util/errors.ts';
import { packageRoot } from '../util/package.ts';
import { loadPlaybook } from './load-playbook.ts';
import { defaultOutput, reported } from './reported.ts';

/**
 * The main job from nothing: boots the lab, builds the cluster on it, runs the same playbook again to show that
 * nothing changes, then asks the hosts what stands. The lab stays up.
 * @returns 0 only if all of that is as it should be
 */
export async function demo(lab: string): Promise<number> {
  const { labUp } = await import('../lab/lab.ts');
  heading(`1. The lab: three Debian hosts with systemd, on a network of their own`);
  await labUp({ name: lab, hosts: undefined, release: undefined, say: print });

  heading('2. ts-play playbooks/site.ts -i inventory/lab.yml');
  const first = await runOnLab(lab, 'site.ts');
  if (first.exitCode !== 0) return first.exitCode;

  heading('3. The same again: nothing changes');
  const second = await runOnLab(lab, 'site.ts');
  if (second.exitCode !== 0) return second.exitCode;
  const changed = Object.values(second.hosts).reduce((sum, host) => sum + host.changed, 0);

  if (changed > 0) {
    throw new PlayError({ kind: 'failed', what: `the second run changed ${changed} things` });
  }

  heading('4. ts-play playbooks/status.ts -i inventory/lab.yml: what stands, as the hosts say');
  const status = await runOnLab(lab, 'status.ts');
  if (status.exitCode !== 0) return status.exitCode;
  heading('Go on');
  print(goOn(lab));
  return 0;
}

async function runOnLab(lab: string, name: string): Promise<RunResult> {
  const { playbook } = await loadPlaybook(join(packageRoot, 'playbooks', name), defaultCacheDir());
  const inventory = await loadInventory(join(packageRoot, 'inventory', 'lab.yml'));
  return reported({ output: defaultOutput(), verbosity: 0, diff: false }, (shown) =>
    run(playbook, {
      inventory,
      playbookName: `playbooks/${name}`,
      extraVars: { vars: { lab_name: lab }, loose: new Set() },
      ...shown,
    }),
  );
}

function goOn(lab: string): string {
  const name = lab === 'lab' ? '' : ` --name ${lab}`;
  const extra = lab === 'lab' ? '' : ` -e lab_name=${lab}`;
  return [
    'The passwords are in inventory/lab.yml.',
    `  npx ts-play playbooks/site.ts -i inventory/lab.yml${extra} --check --diff`,
    `  npx ts-play playbooks/site.ts -i inventory/lab.yml${extra} --role haproxy-build`,
    `  npx ts-play lab status${name}`,
    `  npx ts-play lab exec${name} hadoop001 -- rabbitmqctl cluster_status`,
    `  npx ts-play lab kill${name} hadoop001     cut its power, and see the virtual IP move`,
    `  npx ts-play lab start${name} hadoop001`,
    `  npx ts-play lab down${name}               end the lab`,
  ].join('\n');
}

function heading(text: string): void {
  print(`\n${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
