// What `npm run new` writes: for each kind, the files by path under the root. Each comes with a spec that passes.
import { camel } from './task-index.mjs';

const pascal = (name) => camel(name).replace(/^./, (letter) => letter.toUpperCase());
const words = (name) => name.replaceAll('-', ' ');

export const templates = { task, role, playbook };

function task(name) {
  const fn = camel(name);
  const type = pascal(name);
  return {
    [`lib/tasks/${name}.ts`]: `import { defineFact } from '../model/fact.ts';
import { type Change, defineTask, type TaskType } from '../model/task.ts';
import { type Script, sh } from '../util/sh.ts';

/** The ${words(name)} file: one line of text. */
export interface ${type}Want {
  /** Absolute path on the host. */
  readonly path: string;
  /** One line, without the newline. */
  readonly text: string;
}

/** The text of a file; empty when there is none. */
const textOf = (path: string) =>
  defineFact({
    name: \`text of \${path}\`,
    script: sh\`if [ -e \${path} ]; then cat \${path}; fi\`,
    parse: ({ stdout }) => stdout,
  });

const ${fn}Type: TaskType<${type}Want, string> = {
  name: '${name}',
  title: ({ path }) => \`${words(name)} \${path}\`,
  claims: ({ path, text }) => ({ [\`file \${path}\`]: text }),
  validate,
  fact: ({ path }) => textOf(path),
  diff,
  apply,
};

/** One line of text in a file. Replace this sentence: it is the row in docs/tasks.md. */
export const ${fn} = defineTask(${fn}Type);

function validate({ path, text }: ${type}Want): void {
  if (!path.startsWith('/')) throw new Error(\`path is '\${path}', but it must be absolute\`);
  if (text.includes('\\n')) throw new Error('text has more than one line');
}

function diff(now: string, { text }: ${type}Want): readonly Change[] {
  return now === text ? [] : [{ what: 'text', from: now, to: text }];
}

function apply({ path, text }: ${type}Want): Script {
  return sh\`printf '%s\\n' \${text} >\${path}.new
mv \${path}.new \${path}\`;
}
`,
    [`spec/tasks/${name}.spec.ts`]: `import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ${fn} } from '../../lib/tasks/${name}.ts';
import { converge, HOSTILE, inEveryShell, whats } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe('${name}', () => {
  it('compares the text', () => {
    const task = ${fn}({ path: '/etc/${name}', text: 'b' });
    assert.deepEqual(task.assess(reply('a'), []).changes, [{ what: 'text', from: 'a', to: 'b' }]);
    assert.deepEqual(task.assess(reply('b'), []).changes, []);
  });

  it('refuses a relative path and a second line', () => {
    assert.throws(() => ${fn}({ path: 'etc/${name}', text: 'b' }), /must be absolute/);
    assert.throws(() => ${fn}({ path: '/etc/${name}', text: 'a\\nb' }), /more than one line/);
  });
});

inEveryShell('${name}', (box) => {
  it('converges in one run, whatever the text', async () => {
    const path = box().path('text');
    for (const text of HOSTILE.filter((each) => !each.includes('\\n'))) {
      const task = ${fn}({ path, text });
      assert.deepEqual(whats((await converge(box(), task)).changes), ['text']);
      assert.equal(readFileSync(path, 'utf8'), \`\${text}\\n\`);
      assert.deepEqual((await converge(box(), task)).changes, []);
    }
  });
});
`,
  };
}

function role(name) {
  const fn = camel(name);
  const prefix = `${name.replaceAll('-', '_')}_`;
  return {
    [`roles/${name}/index.ts`]: `import { defineRole, file } from '../../lib/index.ts';

export const ${fn} = defineRole({
  name: '${name}',
  description: 'A file with one line of text. Replace this sentence: it is the row in README.md.',
  prefix: '${prefix}',
  vars: {
    type: 'object',
    additionalProperties: false,
    required: ['${prefix}text'],
    properties: {
      ${prefix}text: { type: 'string', description: 'The line.' },
      ${prefix}path: { type: 'string', default: '/etc/${name}', description: 'Absolute path of the file.' },
    },
  },
  steps: [
    async () =>
      ({ vars }) => [file({ path: vars.${prefix}path, content: \`\${vars.${prefix}text}\\n\` })],
  ],
});
`,
    [`roles/${name}/README.md`]: `# ${name}

A file with one line of text.

\`\`\`ts
roles: [${fn}({ ${prefix}text: 'hello' })]
\`\`\`

## Variables

<!-- vars -->
<!-- /vars -->
`,
    [`spec/roles/${name}/role.spec.ts`]: `import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLocal } from '../../../lib/connection/local.ts';
import { parseInventory, run } from '../../../lib/index.ts';
import { ${fn} } from '../../../roles/${name}/index.ts';

describe('the role ${name}', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-${name}-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Plays the role on this machine, with its file in a temporary folder. @returns the number of changes */
  async function play(text: string, check = false): Promise<number | undefined> {
    const path = join(folder, 'text');
    const roles = [${fn}({ ${prefix}text: text, ${prefix}path: path })];
    const result = await run(
      { plays: [{ name: '${name}', hosts: 'all', roles }] },
      {
        inventory: parseInventory('all: { hosts: { h1: } }', 'hosts.yml'),
        connect: async () => connectLocal(),
        check,
      },
    );
    assert.equal(result.exitCode, 0);
    return result.hosts['h1']?.changed;
  }

  it('writes its file, and changes nothing the second time', async () => {
    assert.equal(await play('hello', true), 1);
    assert.equal(await play('hello'), 1);
    assert.equal(readFileSync(join(folder, 'text'), 'utf8'), 'hello\\n');
    assert.equal(await play('hello'), 0);
  });
});
`,
  };
}

function playbook(name) {
  return {
    [`playbooks/${name}.ts`]: `import { definePlaybook, file } from 'ts-play';

/** ${pascal(name)}: say in one sentence what a run of it does. */
export default definePlaybook({
  plays: [
    {
      name: '${words(name)}',
      hosts: 'all',
      tasks: ({ name }) => [file({ path: '/etc/${name}', content: \`\${name}\\n\` })],
    },
  ],
});
`,
    [`spec/playbooks/${name}.spec.ts`]: `import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadPlaybook } from '../../lib/cli/load-playbook.ts';
import { packageRoot } from '../../lib/util/package.ts';
import { connectLocal } from '../../lib/connection/local.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { makePlaybook } from '../../lib/run/make.ts';
import { defaultCacheDir } from '../../lib/run/options.ts';
import { run } from '../../lib/run/run.ts';
import { shipped } from '../../roles/program.ts';

describe('playbooks/${name}.ts', function () {
  this.timeout(60_000);

  it('type-checks, and check mode predicts its one change', async () => {
    const { playbook } = await loadPlaybook(
      join(packageRoot, 'playbooks/${name}.ts'),
      defaultCacheDir(),
      shipped,
    );
    const inventory = parseInventory('all: { hosts: { h1: } }', 'hosts.yml');
    const made = await makePlaybook(playbook, { inventory, check: true });
    const result = await run(made.playbook, {
      ...made.options,
      connect: async () => connectLocal(),
    });
    assert.equal(result.exitCode, 0);
    assert.equal(result.hosts['h1']?.changed, 1);
  });
});
`,
  };
}
