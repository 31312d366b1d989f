import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadPlaybook } from '../lib/cli/load-playbook.ts';
import { typeCheck } from '../lib/cli/type-check.ts';
import { connectLocal } from '../lib/connection/local.ts';
import { parseInventory } from '../lib/inventory/load.ts';
import { run } from '../lib/run/run.ts';
import { packageRoot } from '../lib/util/package.ts';
import { shipped } from '../roles/program.ts';

/** What the documentation shows is TypeScript that compiles, and its first playbook runs. */
describe('the examples in the documentation', function () {
  this.timeout(60_000);

  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-docs-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function examples(document: string): readonly string[] {
    const text = readFileSync(join(packageRoot, document), 'utf8');
    return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  }

  function written(document: string): readonly string[] {
    return examples(document).map((code, index) => {
      const name = document.replaceAll(/[^a-z]/gi, '-');
      // Examples of several files begin with the path of each.
      const [, path = `${name}-${index}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, code);
      return file;
    });
  }

  it('compile', async () => {
    const files = [
      'README.md',
      'docs/roles.md',
      'docs/tasks.md',
      'docs/testing.md',
      'docs/connections.md',
    ].flatMap(written);
    assert.ok(files.length >= 4);
    await typeCheck(files, join(folder, 'cache'));
  });

  it('are found out when they don’t', async () => {
    const file = join(folder, 'wrong.ts');
    writeFileSync(file, (examples('README.md')[0] ?? '').replace("hosts: 'web'", 'hosts: 5'));
    await assert.rejects(typeCheck([file], join(folder, 'cache')), /number/);
  });

  it('the first playbook lays out its tasks for every host', async () => {
    const [file = ''] = written('README.md');
    const { playbook } = await loadPlaybook(file, join(folder, 'cache'), shipped);
    const inventory = parseInventory(
      'web:\n  vars:\n    ansible_become: false\n  hosts:\n    web1:\n    web2:\n      port: 8080\n',
      'hosts.yml',
    );
    const titles: string[] = [];
    await run(playbook, {
      inventory,
      check: true,
      onEvent: (event) => {
        if (event.type === 'role') titles.push(...event.tasks.map((task) => `${event.host} ${task}`));
      },
      connect: async () => connectLocal(),
    });
    assert.equal(titles.length, 8);
    assert.ok(titles.includes('web1 service nginx started'), titles.join('\n'));
  });
});
