import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlaybook } from '../lib/cli/load-playbook.ts';
import { parseExtraVars } from '../lib/inventory/extra-vars.ts';
import { loadInventory } from '../lib/inventory/load.ts';
import type { Gate } from '../lib/model/gate.ts';
import { makePlaybook } from '../lib/run/make.ts';
import { defaultCacheDir } from '../lib/run/options.ts';
import { type PlannedPlay, plan } from '../lib/run/plan.ts';
import { packageRoot } from '../lib/util/package.ts';
import { shipped } from '../roles/program.ts';
import { oneCluster } from '../roles/rabbit-join/index.ts';

describe('the shipped playbooks that build a cluster', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-playbooks-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What a run of a playbook on the lab's inventory would do, as far as can be told without a host. */
  async function planned(name: string, given: readonly string[], lines: readonly string[]) {
    const path = join(folder, 'inventory.yml');
    const text = readFileSync(join(packageRoot, 'inventory/lab.yml'), 'utf8');
    const vars = lines.map((line) => `    ${line}\n`).join('');
    writeFileSync(path, text.replace('    lab_name: lab\n', `    lab_name: lab\n${vars}`));
    const { playbook } = await loadPlaybook(join(packageRoot, 'playbooks', name), defaultCacheDir(), shipped);
    const extraVars = await parseExtraVars(given, '/');
    const options = { inventory: await loadInventory(path), extraVars };
    const made = await makePlaybook(playbook, options);
    return plan(made.playbook, made.options.inventory, made.options.extraVars ?? extraVars, {
      // The sources are here only once there was a lab.
      designOnly: true,
    });
  }

  const configured = (plays: readonly PlannedPlay[]) =>
    plays.flatMap(({ roles }) => roles).find(({ use }) => use.name === 'rabbit-config');

  for (const [name, ...given] of [['site.ts'], ['scale-out.ts', 'node=hadoop004']] as const) {
    it(`${name} configures brokers for the PROXY protocol that proxies speak to them, before they join`, async () => {
      const both = ['rabbit_config_proxy_protocol: true', 'haproxy_proxy_protocol: true'];
      const plays = await planned(name, given, both);
      const vars = configured(plays)?.vars;
      assert.ok(vars && vars.size >= 3);
      for (const [host, own] of vars) assert.equal(own['rabbit_config_proxy_protocol'], true, host);
      const roles = plays.flatMap((play) => play.roles.map(({ use }) => use.name));
      assert.ok(roles.indexOf('rabbit-config') < roles.indexOf('rabbit-join'), roles.join());
    });

    it(`${name} refuses brokers and proxies that would not understand each other`, async () => {
      await assert.rejects(
        planned(name, given, ['rabbit_config_proxy_protocol: true']),
        /haproxy_proxy_protocol is/,
      );
    });
  }

  it('site.ts and scale-out.ts look at all brokers together, and go on to the proxies only when all went well', async () => {
    for (const [name, ...given] of [['site.ts'], ['scale-out.ts', 'node=hadoop004']] as const) {
      const [brokers] = (await planned(name, given, [])).filter((each) => each.name === 'brokers');
      assert.equal(brokers?.play.anyErrorsFatal, true, name);
      const names = (gates: readonly Gate[] = []) => gates.map((gate) => gate.name);
      assert.deepEqual(names(brokers?.play.gates), names(oneCluster), name);
    }
  });

  for (const way of ['out', 'in']) {
    it(`scale-${way}.ts ends where a host fails, whichever play it is in`, async () => {
      const node = way === 'out' ? 'hadoop004' : 'hadoop002';
      const plays = await planned(`scale-${way}.ts`, [`node=${node}`], []);
      assert.ok(plays.length >= 5);
      const going = plays.slice(0, -1).filter(({ play }) => !play.anyErrorsFatal);
      assert.deepEqual(
        going.map(({ name }) => name),
        [],
      );
    });
  }
});
