import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';
import type { Ledger } from '../../roles/proof/ledger/ledger.ts';
import { BROKERS, freshLab, PROXIES, rabbit, vipHolders } from '../e2e/support/cluster.ts';
import { INVENTORY, LAB, lab, on, type Played, play, site, troubles } from '../e2e/support/lab.ts';

const PROVE = join(packageRoot, 'playbooks', 'prove.ts');

/** The short form of the proof: the control, and a fault in each layer. */
describe('prove.ts on real hosts', function () {
  this.timeout('10m');

  let folder: string;
  let proof: Played;
  let ledger: Ledger;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ts-play-proof-'));
    await freshLab();
    const built = await site();
    assert.equal(built.code, 0, troubles(built));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab('down');
  });

  /** The inventory names another lab than the tests'; variables reach hosts only once the plays are made. */
  async function inventory(change = (text: string) => text): Promise<string> {
    const file = join(folder, 'inventory.yml');
    await writeFile(
      file,
      change((await readFile(INVENTORY, 'utf8')).replace('lab_name: lab', `lab_name: ${LAB}`)),
    );
    return file;
  }

  it('refuses a cluster that is not a lab, before it contacts anybody', async () => {
    const real = await inventory((text) =>
      text.replace('ansible_connection: lab', 'ansible_connection: ssh'),
    );
    const played = await play(PROVE, [], { inventory: real });
    assert.equal(played.code, 1);
    assert.match(played.stderr, /really=yes/);
    assert.ok(!played.events.some(({ type }) => type === 'connecting'));
  });

  it('finds no confirmed message lost, and a control that fails', async () => {
    const args = ['scenarios=kill-leader,kill-haproxy', 'repeats=1', 'seconds=10', `ledger=${folder}/proof`];
    proof = await play(
      PROVE,
      args.flatMap((arg) => ['-e', arg]),
      { inventory: await inventory() },
    );
    assert.equal(proof.code, 0, troubles(proof));
    ledger = JSON.parse(await readFile(join(folder, 'proof', 'ledger.json'), 'utf8')) as Ledger;
    assert.deepEqual(ledger.against, []);
    assert.deepEqual(
      ledger.rows.map(({ scenario, lost, unexpected }) => ({ scenario, lost, unexpected })),
      ['control', 'kill-leader', 'kill-haproxy'].map((scenario) => ({ scenario, lost: 0, unexpected: 0 })),
    );
  });

  it('had real clients at work on quorum and mirrored queues, and real faults', () => {
    for (const { scenario, figures, faults } of ledger.runs) {
      const replicated = figures.queues.filter(({ control }) => !control);
      assert.deepEqual(
        replicated.map(({ kind }) => kind),
        ['quorum', 'mirrored'],
      );
      for (const { confirmed } of replicated) assert.ok(confirmed > 300, `${scenario}: ${confirmed}`);
      const [fault] = faults;
      assert.ok(fault && fault.to - fault.from > 9000, scenario);
    }
  });

  it('saw messages of the unreplicated queues lost, and the queues unavailable', () => {
    const lost = ledger.control.find(({ kind }) => kind === 'control-transient')?.lost ?? 0;
    assert.ok(lost > 0, JSON.stringify(ledger.control));
    assert.ok(
      ledger.control.every(({ failed }) => failed),
      JSON.stringify(ledger.control),
    );
  });

  it('saw the virtual address move when HAProxy died', () => {
    const moved = ledger.runs.find(({ scenario }) => scenario === 'kill-haproxy');
    const holders = new Set(moved?.vip.holdings.flatMap((each) => each.holders));
    assert.deepEqual([...holders].sort(), [...PROXIES]);
  });

  it('writes a page, and shows no password', async () => {
    const page = await readFile(join(folder, 'proof', 'index.html'), 'utf8');
    assert.match(page, /Proven:/);
    assert.doesNotMatch(proof.stdout + proof.stderr + page, /lab-admin-password/);
  });

  it('leaves nothing of itself on the hosts', async () => {
    for (const host of BROKERS) {
      assert.equal(await on(host, 'ls -d /run/ts-play-prove 2>/dev/null || echo gone'), 'gone');
      assert.equal(await on(host, 'systemctl list-units --all --no-legend "ts-play-prove*" | wc -l'), '0');
      assert.equal(await on(host, 'systemctl is-enabled rabbitmq-server'), 'enabled');
    }
    assert.deepEqual(await rabbit('hadoop001', 'list_vhosts'), [{ name: '/' }]);
    assert.deepEqual(await rabbit('hadoop001', 'list_queues name'), []);
    assert.equal((await vipHolders()).length, 1);
  });
});
