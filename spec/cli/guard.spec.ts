import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { RunEvent } from '../../lib/model/events.ts';
import { packageRoot } from '../../lib/util/package.ts';
import { ends } from '../host/processes.ts';
import { type CommandOutput, Workplace } from './command.ts';

const INVENTORY = 'all: { vars: { ansible_connection: local, ansible_become: false }, hosts: { one: } }\n';
const IMPORTS =
  "import { action, defineParametricPlaybook, definePlaybook, defineRole, sh } from 'ts-play';\nconst folder: string = import.meta.dirname;\n";
const QUIET = "export default definePlaybook({ plays: [{ name: 'p', hosts: 'one', tasks: [] }] });\n";
const FAILING =
  "export default definePlaybook({ plays: [{ name: 'p', hosts: 'one', tasks: [action({ title: 'fail', run: sh`exit 3` })] }] });\n";
/** Notes the id of a process that lasts longer than any spec. */
const SLOW = `export default definePlaybook({ plays: [{ name: 'p', hosts: 'one', tasks: [action({ title: 'sleep long', run: sh\`echo $$ >\${folder}/pid; exec sleep 60\` })] }] });\n`;
/** Calls `then` as soon as the process of {@link SLOW} is there. */
const WHEN_SLOW = `import { existsSync, readFileSync } from 'node:fs';
const begun = () => existsSync(folder + '/pid') && readFileSync(folder + '/pid', 'utf8').endsWith('\\n');
const whenSlow = (then: () => void) => { const timer = setInterval(() => { if (begun()) { clearInterval(timer); then(); } }, 20); };
`;
const roleWith = (step: string) => `const role = defineRole({
  name: 'r', description: 'r', prefix: 'r_', vars: { type: 'object', additionalProperties: false, properties: {} },
  steps: [${step}],
});
export default definePlaybook({ plays: [{ name: 'p', hosts: 'one', roles: [role()] }] });
`;
const parametric = (make: string) =>
  `export default defineParametricPlaybook({ name: 'm', params: { type: 'object', additionalProperties: false, properties: {} }, make: ${make} });\n`;

/** A playbook whose line 3 is `line`. */
const book = (line: string, rest = QUIET) => `${IMPORTS}${line}\n${rest}`;

describe('a playbook that would end the process', function () {
  this.timeout(60_000);
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace();
    place.write({ 'hosts.yml': INVENTORY });
  });
  afterEach(() => place.dispose());

  async function played(
    text: string,
    args: readonly string[] = [],
    name = 'site.ts',
  ): Promise<CommandOutput> {
    place.write({ [name]: text });
    return place.run(name, '-i', 'hosts.yml', ...args);
  }
  /** One error of our own shape, exit 1. */
  async function refused(text: string, words: readonly RegExp[], args: readonly string[] = []) {
    const outcome = await played(text, args);
    assert.equal(outcome.code, 1, outcome.stdout + outcome.stderr);
    for (const word of words) assert.match(outcome.stderr, word);
    assert.doesNotMatch(outcome.stderr, /^\s+at .*:\d+:\d+\)?$|Node\.js v/m, 'a raw stack');
    assert.equal(outcome.stderr.match(/^\S/gm)?.length, 1, `one error: ${outcome.stderr}`);
    return outcome;
  }
  const place3 = (column: number) => new RegExp(`at: \\S*/site\\.ts:3:${column}\\n`);

  describe('while it is loaded', () => {
    const cases: Readonly<Record<string, readonly [string, readonly RegExp[]]>> = {
      'by process.exit(0)': [
        'const code: number = 0; process.exit(code);',
        [/called process\.exit\(0\) while it was being loaded/, place3(33)],
      ],
      'by exit, imported by its name': [
        "import { exit } from 'node:process'; exit();",
        [/process\.exit\(\) while/, place3(42)],
      ],
      'by a call whose error it catches': [
        'try { process.exit(0); } catch {}',
        [/process\.exit\(0\)/, place3(15)],
      ],
      'by an await for ever': [
        'await new Promise(() => {});',
        [/never loaded to its end\n {2}at: \S+\/site\.ts\n/, /nothing can settle/],
      ],
      'by a promise that nobody awaits': [
        "const lost: Promise<never> = Promise.reject(new Error('lost')); await new Promise((go) => setTimeout(go, 5000));",
        [/promise of the playbook was rejected/, place3(45), /why: lost/],
      ],
      'by an error in a timer': [
        "setTimeout(() => { throw new Error('late'); }, 1); await new Promise((go) => setTimeout(go, 5000));",
        [/threw an error that nothing caught/, place3(26), /why: late/],
      ],
      'by an event that nobody listens to': [
        "(await import('node:net')).connect(1, '127.0.0.1'); await new Promise((go) => setTimeout(go, 5000));",
        [/threw an error that nothing caught\n {2}at: \S+\/site\.ts\n/, /ECONNREFUSED/],
      ],
      'by an error of our own kind, which keeps what it says': [
        "import { PlayError } from 'ts-play'; throw new PlayError({ kind: 'failed', what: 'too few hosts', next: 'add one' });",
        [/^too few hosts\n/, place3(44), /next: add one\n$/],
      ],
      'by throwing null': ['throw null;', [/could not be loaded/, /at: \S+\/site\.ts\n/, /null was thrown/]],
    };
    for (const [how, [line, words]] of Object.entries(cases)) {
      it(how, async () => {
        const { stdout } = await refused(book(line), words);
        assert.equal(stdout, '', 'nothing was begun');
      });
    }

    it('by waiting longer than it may', async () => {
      const slow = book('setInterval(() => {}, 1000); await new Promise(() => {});');
      process.env['TS_PLAY_LOAD_SECONDS'] = '0.5';
      try {
        await refused(slow, [
          /not loaded within 0\.5 seconds\n {2}at: \S+\/site\.ts\n/,
          /TS_PLAY_LOAD_SECONDS=2\.5/,
        ]);
        process.env['TS_PLAY_LOAD_SECONDS'] = 'soon';
        await refused(slow, [/TS_PLAY_LOAD_SECONDS must be a number of seconds, and not "soon"/]);
      } finally {
        delete process.env['TS_PLAY_LOAD_SECONDS'];
      }
    });

    it('is told in json, too, and the recap is last', async () => {
      const events = eventsOf(await refused(book('process.exit(0);'), [], ['--output', 'json']));
      assert.deepEqual(
        events.map(({ type }) => type),
        ['error', 'recap'],
      );
      assert.match(JSON.stringify(events[0]), /process\.exit\(0\).*site\.ts:3:9/);
      assert.deepEqual(events[1], { type: 'recap', exitCode: 1, durationMs: 0, hosts: {} });
    });

    it('is told with its stack at -vvv', async () => {
      const { stderr } = await played(book('process.exit(0);'), ['-vvv']);
      assert.match(stderr, /at: \S+site\.ts:3:9\n[\s\S]*\n {4}at .*site\.ts:3:\d+/);
    });

    it('is found by the linter, and when parameters are read', async () => {
      place.write({ 'site.ts': book('process.exit(0);') });
      for (const args of [
        ['lint', 'site.ts', '-i', 'hosts.yml'],
        ['site.ts', '-i', 'hosts.yml', '--count', '3'],
      ]) {
        const { code, stderr } = await place.run(...args);
        assert.equal(code, 1, args.join(' '));
        assert.match(stderr, /process\.exit\(0\)[\s\S]*site\.ts:3:9/);
      }
    });
  });

  describe('while its plays are made', () => {
    it('by process.exit(0)', async () => {
      const make = book('const end = (): never => process.exit(0);', parametric('() => end()'));
      await refused(make, [/called process\.exit\(0\)\n/, place3(34)]);
    });

    it('by an await for ever', async () => {
      const make = book('', parametric('async () => { await new Promise(() => {}); return { plays: [] }; }'));
      await refused(make, [/the run can never end\n {2}at: \S+\/site\.ts\n/]);
    });
  });

  describe('during a run', () => {
    const end = 'const end = (): never => process.exit(0);';
    const steps: Readonly<Record<string, string>> = {
      'in a tasks function': QUIET.replace('tasks: []', 'tasks: () => end()'),
      'in a step that catches the error': roleWith(
        'async () => { try { end(); } catch {} return () => []; }',
      ),
    };
    for (const [where, text] of Object.entries(steps)) {
      it(where, async () => {
        const { stdout } = await refused(book(end, text), [/called process\.exit\(0\)\n/, place3(34)]);
        assert.match(stdout, /RECAP[\s\S]*stopped by an error; no task was running/);
      });
    }

    const stops: Readonly<Record<string, readonly [string, readonly RegExp[]]>> = {
      'by process.exit(0) in a timer': [
        'whenSlow(() => process.exit(0));',
        [/process\.exit\(0\)\n/, /site\.ts:6:\d+/],
      ],
      'by process.exit itself as a handler': [
        'whenSlow(() => setTimeout(process.exit, 1, 0));',
        [/process\.exit\(0\)\n {2}at: \S+site\.ts\n/],
      ],
      'by an error in a handler of an event': [
        "import { EventEmitter } from 'node:events'; const bell = new EventEmitter(); bell.on('x', () => { throw new Error('late'); }); whenSlow(() => void bell.emit('x'));",
        [/threw an error that nothing caught/, /site\.ts:6:\d+/, /why: late/],
      ],
      'by a promise that nobody awaits': [
        "whenSlow(() => void Promise.reject(new Error('lost')));",
        [/promise of the playbook was rejected/, /site\.ts:6:\d+/, /why: lost/],
      ],
    };
    for (const [how, [line, words]] of Object.entries(stops)) {
      it(`${how}: what hosts were doing is ended first, and told`, async () => {
        const text = `${IMPORTS}${WHEN_SLOW}${line}\n${SLOW}`;
        const outcome = await refused(text, words, ['--output', 'json']);
        const pid = Number(await read(place, 'pid'));
        assert.ok(pid > 1);
        assert.ok(await ends(pid, 1000), 'it sleeps on');
        const [error, recap] = eventsOf(outcome).slice(-2);
        assert.equal(error?.type, 'error');
        assert.ok(recap?.type === 'recap');
        assert.equal(recap.exitCode, 1);
        assert.deepEqual(
          recap.interrupted?.map(({ host, task }) => [host, task]),
          [['one', 'sleep long']],
        );
      });
    }

    it('even when a step never ends', async () => {
      const forever =
        'async () => { setTimeout(() => process.exit(0), 100); await new Promise(() => {}); return () => []; }';
      await refused(book('', roleWith(forever)), [/process\.exit\(0\)/]);
    });
  });

  describe('at its end', () => {
    it('can add a failure by process.exitCode, and hide none', async () => {
      assert.equal((await played(book('process.exitCode = 3;'))).code, 3);
      assert.equal((await played(book('process.exitCode = 0;', FAILING))).code, 2);
    });

    it('can hide no failure when the process exits', async () => {
      for (const line of [
        "process.on('exit', () => { process.exitCode = 0; });",
        "process.on('exit', () => process.exit(0));",
      ]) {
        const { code, stderr } = await played(book(line, FAILING));
        assert.deepEqual([code, stderr], [2, ''], line);
      }
    });

    it('ends although a timer was left behind', () => {
      place.write({ 'site.ts': book('setInterval(() => {}, 1000);') });
      const { options } = place.commandLine();
      const bin = [join(packageRoot, 'lib/bin.mjs'), 'site.ts', '-i', 'hosts.yml'];
      const { status, signal, stderr } = spawnSync(process.execPath, bin, {
        ...options,
        encoding: 'utf8',
        timeout: 40_000,
      });
      assert.deepEqual([status, signal, stderr], [0, null, '']);
    });

    it('loses nothing of what a slow reader has not read yet', () => {
      const titles = Array.from(
        { length: 3000 },
        (_, i) => `action({ title: 'task ${i} ${'x'.repeat(60)}', run: sh\`true\` })`,
      );
      place.write({
        'site.mjs': `import { action, sh } from 'ts-play';\nexport default { plays: [{ name: 'p', hosts: 'one', tasks: [${titles.join()}] }] };\n`,
      });
      const command = place.commandLine('site.mjs', '-i', 'hosts.yml', '--list-tasks');
      const { stdout } = spawnSync('sh', ['-c', '"$@" | { sleep 3; cat; }', 'sh', ...command.argv], {
        ...command.options,
        encoding: 'utf8',
        maxBuffer: 1 << 24,
      });
      assert.match(stdout, /task 2999 x+\n$/);
    });
  });

  it('keeps to the command line: a program that imports the library has its process to itself', async () => {
    const library = new URL('../../lib/index.js', import.meta.url).href;
    const program = `const { exit } = process;
      const events = ['uncaughtException', 'unhandledRejection', 'beforeExit', 'exit'];
      const listeners = () => events.map((event) => process.listenerCount(event)).join();
      const before = listeners();
      const { run, parseInventory, definePlaybook } = await import('${library}');
      const inventory = parseInventory('all: { hosts: { one: { ansible_connection: local } } }', 'hosts.yml');
      let during;
      const { exitCode } = await run(
        definePlaybook({ plays: [{ name: 'p', hosts: 'one', tasks: () => { during = listeners(); return []; } }] }),
        { inventory },
      );
      console.log(exitCode, exit === process.exit, during === before, listeners() === before);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      cwd: place.folder,
    });
    assert.equal(stdout, '0 true true true\n', stderr);
  });
});

function eventsOf({ stdout }: CommandOutput): readonly (RunEvent | { readonly type: 'error' })[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}

async function read(place: Workplace, name: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(place.path(name), 'utf8');
}
