import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, freshLab } from './support/cluster.ts';
import { INVENTORY, LAB, lab, type Played, play, SITE } from './support/lab.ts';

/** Every mistake: one clear error with a place and a next step, exit 1 (4 for a host key), and nothing touched. */
describe('bad input, against real hosts', function () {
  this.timeout('5m');

  let folder: string;
  let untouched: string;

  before(async () => {
    await freshLab();
    folder = await mkdtemp(join(tmpdir(), 'ts-play-bad-'));
    untouched = await fingerprint('hadoop001');
  });
  after(async () => {
    const now = await fingerprint('hadoop001');
    await rm(folder, { recursive: true, force: true });
    await lab('down');
    assert.equal(now, untouched, 'nothing was touched');
  });

  async function inventory(change: (text: string) => string): Promise<string> {
    const file = join(folder, 'inventory.yml');
    await writeFile(file, change(await readFile(INVENTORY, 'utf8')));
    return file;
  }

  async function playbook(text: string, name = 'bad.ts'): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  }

  function refused(played: Played, words: readonly RegExp[]): void {
    assert.equal(played.code, 1, played.stdout + played.stderr);
    assert.equal(played.recap.exitCode, 1);
    for (const word of words) assert.match(played.stderr, word);
    assert.ok(!played.events.some(({ type }) => type === 'connecting'), 'no host was contacted');
  }

  const inventories: readonly (readonly [string, (text: string) => string, readonly RegExp[]])[] = [
    ['broken YAML', (text) => text.replace('children:', 'children: ['), [/inventory\.yml:\d+:\d+/]],
    [
      'a misspelt key',
      (text) => text.replace('children:', 'chidlren:'),
      [/chidlren/, /inventory\.yml:\d+:\d+/, /children/],
    ],
    [
      'the wrong type of a role variable',
      (text) => text.replace('rabbit_cluster_name: lab', 'rabbit_cluster_name: [1]'),
      [/rabbit_cluster_name/, /inventory\.yml:\d+:\d+/, /string/],
    ],
    [
      'a misspelt role variable',
      (text) => text.replace('rabbit_cluster_name:', 'rabbit_cluser_name:'),
      [/rabbit_cluser_name/, /inventory\.yml:\d+:\d+/, /rabbit_cluster_name/],
    ],
    [
      'a misspelt connection variable',
      (text) => text.replace('ansible_host: 192.0.2.12', 'ansible_hots: 192.0.2.12'),
      [/ansible_hots/, /inventory\.yml:\d+:\d+/, /ansible_host/],
    ],
    [
      'a template in a role variable',
      (text) => text.replace('rabbit_cluster_name: lab', 'rabbit_cluster_name: "{{ lab_name }}"'),
      [/rabbit_cluster_name contains a template/, /inventory\.yml:\d+:\d+/, /!unsafe/],
    ],
    ['a missing sha256', (text) => text.replace(/^.*haproxy_sha256.*\n/m, ''), [/haproxy_sha256/]],
    [
      'a wrong sha256',
      (text) => text.replace(/haproxy_sha256: .*/, `haproxy_sha256: ${'f'.repeat(64)}`),
      [/sha256/, /haproxy-2\.6\.12\.tar\.gz/],
    ],
  ];
  for (const [name, change, words] of inventories) {
    it(`refuses ${name}`, async () =>
      refused(await play(SITE, [], { inventory: await inventory(change) }), words));
  }

  const playbooks: readonly (readonly [string, string, readonly RegExp[]])[] = [
    [
      'an unknown group',
      `import { definePlaybook } from 'ts-play';\nexport default definePlaybook({ plays: [{ name: 'x', hosts: 'brokrs', tasks: [] }] });\n`,
      [/brokrs/, /brokers/],
    ],
    [
      'a playbook that throws',
      `const wanted = 1;\nif (wanted > 0) throw new Error('on purpose');\nexport default {};\n`,
      [/bad\.ts:2:\d+/, /on purpose/],
    ],
    [
      'a playbook with a type error',
      `import { definePlaybook } from 'ts-play';\nexport default definePlaybook({\n  plays: [{ name: 'x', hosts: 42 }],\n});\n`,
      [/bad\.ts:3:\d+/, /number/],
    ],
    ['a playbook without plays', `export const nothing = 1;\n`, [/plays/]],
    [
      'a wrong variable in a playbook',
      `import { definePlaybook } from 'ts-play';\nimport { haPolicy } from 'ts-play/roles/ha-policy';\nexport default definePlaybook({ plays: [{ name: 'x', hosts: 'brokers', roles: [haPolicy({ ha_policy_mode: 'some' })] }] });\n`,
      [/bad\.ts:3:\d+/, /some/],
    ],
  ];
  for (const [name, text, words] of playbooks) {
    it(`refuses ${name}`, async () => refused(await play(await playbook(text), []), words));
  }

  it('refuses a template that a play would put on a host, and a tag that nothing has', async () => {
    const motd = await playbook(
      `import { definePlaybook, file } from 'ts-play';\nexport default definePlaybook({ plays: [{ name: 'x', hosts: 'hadoop001', tasks: ({ vars }) => [file({ path: '/etc/hello', content: String(vars['motd']) })] }] });\n`,
    );
    refused(await play(motd, ['-e', 'motd={{who}}']), [/variable motd contains a template/, /-e "motd=…"/]);
    refused(await play(motd, ['-e', 'motd=x', '-t', 'hello']), [/has the tag "hello"/]);
  });

  it('refuses a playbook that is not there', async () => {
    refused(await play(SITE.replace('site.ts', 'sit.ts')), [/sit\.ts/, /site\.ts/]);
  });

  const hello = `import { definePlaybook, file } from 'ts-play';\nexport default definePlaybook({ plays: [{ name: 'x', hosts: 'hadoop001', tasks: [file({ path: '/etc/hello', content: 'x' })] }] });\n`;

  it('refuses an unknown host key, and takes it when told to', async () => {
    const known = join(folder, 'unknown_hosts');
    const args = ['-e', JSON.stringify({ ansible_ssh_common_args: `-o UserKnownHostsFile=${known}` })];
    const played = await play(await playbook(hello), ['--check', ...args]);
    assert.equal(played.code, 4, played.stderr);
    const trouble = JSON.stringify(played.events.find(({ type }) => type === 'unreachable'));
    assert.match(trouble, /SHA256:/);
    assert.match(trouble, /--accept-new/);
    const accepted = await play(await playbook(hello), ['--check', '--accept-new', ...args]);
    assert.equal(accepted.code, 0, accepted.stdout);
    assert.match(await readFile(known, 'utf8'), /192\.0\.2\.11/);
  });

  it('refuses a changed host key', async () => {
    const known = join(folder, 'known_hosts');
    const stdout = await readFile(`/var/lib/ts-play/labs/${LAB}/known_hosts`, 'utf8');
    const keyOf = (host: string) =>
      stdout
        .split('\n')
        .find((line) => line.startsWith(host))
        ?.split(' ')
        .slice(1)
        .join(' ');
    await writeFile(known, `192.0.2.11 ${keyOf('192.0.2.12') ?? keyOf('hadoop002')}\n`);
    const args = ['-e', JSON.stringify({ ansible_ssh_common_args: `-o UserKnownHostsFile=${known}` })];
    for (const more of [[], ['--accept-new']]) {
      const played = await play(await playbook(hello), [...args, ...more]);
      assert.equal(played.code, 4, played.stdout);
      assert.match(JSON.stringify(played.events), /ssh-keygen -R/);
    }
  });
});
