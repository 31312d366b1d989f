import { join } from 'node:path';
import { PlayError } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import { defaultCacheDir } from '../run/options.ts';
import { type RunResult, run } from '../run/run.ts';
import { loadPlaybook } from './load-playbook.ts';
import { packageRoot } from './package.ts';
import { defaultOutput, reported } from './reported.ts';
import { readStanding } from './standing.ts';

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
  const first = await runSite(lab);
  if (first.exitCode !== 0) return first.exitCode;

  heading('3. The same again: nothing changes');
  const second = await runSite(lab);
  if (second.exitCode !== 0) return second.exitCode;
  const changed = Object.values(second.hosts).reduce((sum, host) => sum + host.changed, 0);

  heading('4. What stands, as the hosts say');
  const standing = await readStanding(await siteInventory(), lab);
  print(standing.lines.join('\n'));
  const wrong = [...standing.wrong, ...(changed > 0 ? [`the second run changed ${changed} things`] : [])];
  if (wrong.length > 0) {
    throw new PlayError({
      kind: 'failed',
      what: 'the cluster is not as it should be',
      why: wrong.join('\n'),
    });
  }
  heading('Go on');
  print(goOn(lab));
  return 0;
}

function siteInventory() {
  return loadInventory(join(packageRoot, 'inventory', 'lab.yml'));
}

async function runSite(lab: string): Promise<RunResult> {
  const path = join(packageRoot, 'playbooks', 'site.ts');
  const { playbook } = await loadPlaybook(path, defaultCacheDir());
  const inventory = await siteInventory();
  return reported({ output: defaultOutput(), verbosity: 0, diff: false }, (shown) =>
    run(playbook, {
      inventory,
      playbookName: 'playbooks/site.ts',
      extraVars: { vars: { lab_name: lab }, loose: new Set() },
      ...shown,
    }),
  );
}

function goOn(lab: string): string {
  const name = lab === 'lab' ? '' : ` --name ${lab}`;
  const extra = lab === 'lab' ? '' : ` -e lab_name=${lab}`;
  return [
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
