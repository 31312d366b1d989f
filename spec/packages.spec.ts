import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../lib/util/package.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The project of a user: ts-play and roles as installed from their tarballs, each role with a ts-play of its own. */
describe('a role from an npm package', function () {
  this.timeout('3m');

  let project: string;
  /** The folder that the role writes to: the host is this machine. */
  let etc: string;

  before(async () => {
    project = await realpath(await mkdtemp(join(tmpdir(), 'ts-play-project-')));
    etc = join(project, 'etc');
    await mkdir(etc);
    await write('package.json', '{ "name": "mine", "private": true }');
    await write('hosts.yml', 'all:\n  hosts:\n    here:\n      ansible_connection: local\n');
    await mkdir(join(project, 'node_modules'));
    await install(packageRoot, 'ts-play');
    await linkDependencies();
    await installMotd();
    await mkdir(join(project, 'node_modules', 'issue-role'), { recursive: true });
    await write('node_modules/issue-role/package.json', '{ "name": "issue-role", "version": "1.0.0" }');
    await write('node_modules/issue-role/index.js', ISSUE);
    await ownCopy('issue-role');
    await write(
      'helper.mjs',
      `import { secret } from 'ts-play';\nexport const text = 'from a helper';\nexport const hidden = secret('s3cr3t-helper');\n`,
    );
    await write(
      'helper.cjs',
      `const { file } = require('ts-play');\nexports.text = 'from a helper';\nexports.own = (path) => file({ path, content: 'mine\\n' });\n`,
    );
  });
  after(() => rm(project, { recursive: true, force: true }));

  /** What npm would install with ts-play, without a registry. */
  async function linkDependencies(): Promise<void> {
    const manifest = await readFile(join(project, 'node_modules', 'ts-play', 'package.json'), 'utf8');
    const { dependencies } = JSON.parse(manifest) as { readonly dependencies: object };
    for (const name of Object.keys(dependencies)) {
      const to = join(project, 'node_modules', name);
      await mkdir(dirname(to), { recursive: true });
      await symlink(join(packageRoot, 'node_modules', name), to);
    }
  }

  async function install(folder: string, name: string): Promise<void> {
    const packed = await command(['npm', 'pack', '--ignore-scripts', '--pack-destination', project], folder);
    assert.equal(packed.code, 0, packed.stderr);
    const tarball = join(project, packed.stdout.trim().split('\n').at(-1) ?? '');
    const to = join(project, 'node_modules', name);
    await mkdir(to);
    const unpacked = await command(['tar', '-xzf', tarball, '-C', to, '--strip-components=1'], project);
    assert.equal(unpacked.code, 0, unpacked.stderr);
  }

  /** Built as its author does, packed, and installed. */
  async function installMotd(): Promise<void> {
    const source = join(project, 'motd-role');
    await cp(join(packageRoot, 'spec', 'packages', 'motd-role'), source, { recursive: true });
    const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const built = await command([process.execPath, tsc, '-p', source], source);
    assert.equal(built.code, 0, built.stdout);
    await install(source, 'motd-role');
    await ownCopy('motd-role');
  }

  /** What npm does when the versions that the project and the package ask for differ. */
  async function ownCopy(name: string): Promise<void> {
    const to = join(project, 'node_modules', name, 'node_modules', 'ts-play');
    await cp(join(project, 'node_modules', 'ts-play'), to, { recursive: true });
  }

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }

  const play = (playbook: string, ...options: readonly string[]) =>
    command(
      [process.execPath, 'node_modules/ts-play/lib/bin.mjs', playbook, '-i', 'hosts.yml', ...options],
      project,
    );

  const written = (name: string) => readFile(join(etc, name), 'utf8');

  const role = (text: string) =>
    `motd({ motd_text: '${text}', motd_folder: '${etc}', motd_token: 's3cr3t-token' })`;

  it('runs in a playbook in TypeScript, which is type-checked with it, and hides its secrets', async () => {
    await write(
      'site.ts',
      `import { action, definePlaybook, sh } from 'ts-play';
import { motd } from 'motd-role';
import { own } from './helper.cjs';
import { hidden } from './helper.mjs';
const tasks = [own('${etc}/own'), action({ title: 'a secret', run: sh\`echo got \${hidden}\` })];
export default definePlaybook({ plays: [{ name: 'p', hosts: 'all', roles: [${role('from ts')}], tasks }] });
`,
    );
    const { code, stdout, stderr } = await play('site.ts', '-vvv', '--diff');
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await written('motd'), 'from ts on Linux\n');
    assert.equal(await written('motd.legal'), 'Authorized users only.\n');
    assert.equal(await written('motd.token'), 's3cr3t-token');
    assert.equal(await written('own'), 'mine\n');
    assert.match(stdout, /got \*\*\*/);
    assert.doesNotMatch(stdout + stderr, /s3cr3t/);
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    it(`type-checks in a strict project with ${moduleResolution}`, async () => {
      const options = {
        target: 'es2023',
        module,
        moduleResolution,
        strict: true,
        skipLibCheck: false,
        noEmit: true,
      };
      await write('strict/tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['site.ts'] }));
      await write('strict/package.json', '{ "type": "module" }');
      await write(
        'strict/site.ts',
        `import { definePlaybook, file, secret } from 'ts-play';
import { haproxyBuild } from 'ts-play/roles/haproxy-build';
import { motd } from 'motd-role';
const tasks = [file({ path: '/etc/x', content: secret('x') })];
export default definePlaybook({ plays: [{ name: 'p', hosts: 'all', roles: [motd({ motd_text: 'x' }), haproxyBuild()], tasks }] });
`,
      );
      const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      const { code, stdout } = await command([process.execPath, tsc, '-p', 'strict'], project);
      assert.equal(code, 0, stdout);
    });
  }

  it('has the descriptions of the shipped roles’ variables in their types', async () => {
    const types = 'node_modules/ts-play/dist/roles/ha-policy/index.d.ts';
    const text = await readFile(join(project, types), 'utf8');
    assert.match(text, /\/\*\* The policy's name\. \*\/\n\s*readonly ha_policy_name: \{/);
  });

  it('has its variables type-checked', async () => {
    await write(
      'wrong.ts',
      `import { definePlaybook } from 'ts-play';
import { motd } from 'motd-role';
export default definePlaybook({ plays: [{ name: 'p', hosts: 'all', roles: [motd({ motd_txt: 'x' })] }] });
`,
    );
    const { code, stderr } = await play('wrong.ts');
    assert.equal(code, 1);
    assert.match(stderr, /wrong\.ts:3:\d+/);
    assert.match(stderr, /motd_txt/);
  });

  for (const [name, text] of Object.entries(javaScript())) {
    it(`runs in the playbook ${name}, beside a role in CommonJS`, async () => {
      await rm(etc, { recursive: true });
      await mkdir(etc);
      await write(name, text(role(`from ${name}`), etc));
      const { code, stdout, stderr } = await play(name);
      assert.equal(code, 0, stdout + stderr);
      assert.equal(await written('motd'), `from ${name} on Linux\n`);
      assert.equal(await written('issue'), 'from a helper\n');
      assert.equal(await written('own'), 'mine\n');
      assert.doesNotMatch(stdout + stderr, /s3cr3t|Warning/);
    });
  }

  it('has the place of a wrong task in a JavaScript playbook', async () => {
    await write(
      'bad.mjs',
      javaScript()['playbook.mjs'](`motd({ motd_text: 'x' })`, '/relative/../no').replace('own', 'own/'),
    );
    const { code, stderr } = await play('bad.mjs');
    assert.equal(code, 1);
    assert.match(stderr, /bad\.mjs:\d+:\d+/);
  });

  it('is refused with both versions when it is made for an incompatible one', async () => {
    const own = 'node_modules/issue-role/node_modules/ts-play';
    for (const file of await readdir(join(project, own, 'dist/bundle'))) {
      if (!file.endsWith('.js')) continue;
      const text = await readFile(join(project, own, 'dist/bundle', file), 'utf8');
      await write(`${own}/dist/bundle/${file}`, text.replace('CONTRACT = 1', 'CONTRACT = 2'));
    }
    const manifest = JSON.parse(await readFile(join(project, own, 'package.json'), 'utf8')) as object;
    await write(`${own}/package.json`, JSON.stringify({ ...manifest, version: '9.8.7' }));
    const { code, stderr } = await play('playbook.cjs');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /roles\[1\] of play "p" is made for ts-play 9\.8\.7, which is incompatible .* 0\.\d+\.\d+/,
    );
    assert.match(stderr, /next: .*npm ls ts-play/);
  });
});

const ISSUE = `const { defineRole, file } = require('ts-play');
exports.issue = defineRole({
  name: 'issue',
  description: 'A text before the login.',
  prefix: 'issue_',
  vars: {
    type: 'object',
    additionalProperties: false,
    properties: {
      issue_text: { type: 'string', default: 'hello', description: 'What to say.' },
      issue_path: { type: 'string', default: '/etc/issue', description: 'Where to say it.' },
    },
  },
  steps: [() => ({ vars }) => [file({ path: vars.issue_path, content: vars.issue_text + '\\n' })]],
});
`;

type Writer = (role: string, etc: string) => string;

/** Playbooks in JavaScript: of every extension, with a helper. */
function javaScript(): Readonly<
  Record<'playbook.mjs' | 'playbook.cjs' | 'playbook.js' | 'common.js', Writer>
> {
  const plays = (role: string, etc: string) =>
    `{ plays: [{ name: 'p', hosts: 'all', roles: [${role}, issue({ issue_text: text, issue_path: '${etc}/issue' })], tasks: [file({ path: '${etc}/own', content: 'mine\\n' })] }] }`;
  const esm: Writer = (role, etc) => `import { definePlaybook, file } from 'ts-play';
import { motd } from 'motd-role';
import { issue } from 'issue-role';
import { haPolicy } from 'ts-play/roles/ha-policy';
import { text } from './helper.cjs';
void haPolicy;
export default definePlaybook(${plays(role, etc)});
`;
  const cjs: Writer = (role, etc) => `const { definePlaybook, file } = require('ts-play');
const { motd } = require('motd-role');
const { issue } = require('issue-role');
const { haPolicy } = require('ts-play/roles/ha-policy');
const { text } = require('./helper.cjs');
void haPolicy;
module.exports = definePlaybook(${plays(role, etc)});
`;
  return { 'playbook.mjs': esm, 'playbook.cjs': cjs, 'playbook.js': esm, 'common.js': cjs };
}

function command([program = '', ...args]: readonly string[], cwd: string): Promise<Ended> {
  const env = { ...process.env, TS_PLAY_CACHE: join(cwd, '.cache'), npm_config_update_notifier: 'false' };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}
