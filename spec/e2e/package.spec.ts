import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';
import { freshLab } from './support/cluster.ts';
import { command, LAB, lab, on } from './support/lab.ts';

/** The tarball, installed where a user would, with a playbook of the user's own. */
describe('the packed package', function () {
  this.timeout('8m');

  let folder: string;
  before(async () => {
    await freshLab();
    folder = await mkdtemp(join(tmpdir(), 'ts-play-user-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab('down');
  });

  async function ok(argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await command(argv, { cwd: folder });
    assert.equal(code, 0, `${argv.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }

  it('installs, runs a playbook that imports from ts-play, and its types', async () => {
    const packed = await command(['npm', 'pack', '--pack-destination', folder], { cwd: packageRoot });
    assert.equal(packed.code, 0, packed.stderr);
    const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    await writeFile(join(folder, 'package.json'), '{ "name": "mine", "private": true, "type": "module" }');
    await ok(['npm', 'install', '--ignore-scripts', '--no-fund', '--no-audit', join(folder, tarball)]);
    await writeFile(
      join(folder, 'mine.ts'),
      `import { definePlaybook, file } from 'ts-play';
import { haPolicy } from 'ts-play/roles/ha-policy';
import { greeting } from './greeting.ts';
void haPolicy;
export default definePlaybook({ plays: [{ name: 'mine', hosts: 'all', tasks: [file({ path: '/etc/mine', content: greeting })] }] });\n`,
    );
    await writeFile(join(folder, 'greeting.ts'), `export const greeting: string = 'from the user\\n';\n`);
    await writeFile(
      join(folder, 'hosts.yml'),
      `all:\n  hosts:\n    hadoop003:\n      ansible_connection: lab\n      lab_name: ${LAB}\n`,
    );
    assert.match(await ok(['npx', 'ts-play', '--version']), /^\d+\.\d+\.\d+\n$/);
    await ok(['npx', 'ts-play', 'mine.ts', '-i', 'hosts.yml']);
    assert.equal(await on('hadoop003', 'cat /etc/mine'), 'from the user');
    await writeFile(join(folder, 'greeting.ts'), `export const greeting: number = 3;\n`);
    const wrong = await command(['npx', 'ts-play', 'mine.ts', '-i', 'hosts.yml'], { cwd: folder });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /mine\.ts:5:\d+/);
  });

  it('is a library', async () => {
    await writeFile(
      join(folder, 'program.mjs'),
      `import { definePlaybook, file, loadInventory, run } from 'ts-play';
const playbook = definePlaybook({ plays: [{ name: 'p', hosts: 'all', tasks: [file({ path: '/etc/mine', content: 'by program\\n' })] }] });
const types = new Set();
const result = await run(playbook, { inventory: await loadInventory('hosts.yml'), onEvent: (event) => types.add(event.type) });
console.log(JSON.stringify({ exitCode: result.exitCode, changed: result.hosts.hadoop003.changed, recap: types.has('recap') }));\n`,
    );
    const said = await ok([process.execPath, 'program.mjs']);
    assert.deepEqual(JSON.parse(said), { exitCode: 0, changed: 1, recap: true });
    assert.equal(await on('hadoop003', 'cat /etc/mine'), 'by program');
  });
});
