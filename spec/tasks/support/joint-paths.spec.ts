import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reply } from '../../../lib/model/fact.ts';
import type { Task } from '../../../lib/model/task.ts';
import { directory } from '../../../lib/tasks/directory.ts';
import { file } from '../../../lib/tasks/file.ts';
import { DIFF_LIMIT } from '../../../lib/tasks/support/content.ts';
import { jointFile } from '../../../lib/tasks/support/joint-paths.ts';
import { secret } from '../../../lib/util/secret.ts';
import { askJointly, sameVerdicts, verdict } from '../../support/joint.ts';
import { HOSTILE, inEveryShell, type Sandbox } from '../../support/sandbox.ts';

const wanted = 'wanted\n';

/** A task that wants `wanted` in a file of the sandbox, which holds something else at first. */
function holding(box: Sandbox, name: string, content: string | Uint8Array): Task {
  writeFileSync(box.path(name), content);
  return file({ path: box.path(name), content: wanted });
}

inEveryShell('files asked for together', (box) => {
  it('tell what each tells alone, whatever stands at its path', async () => {
    const here = box();
    for (const folder of ['folder', 'closed']) mkdirSync(here.path(folder));
    writeFileSync(here.path('real'), 'else\n');
    symlinkSync(here.path('real'), here.path('to file'));
    symlinkSync(here.path('folder'), here.path('to folder'));
    symlinkSync(here.path('nothing'), here.path('dangling'));
    symlinkSync(here.path('loop'), here.path('loop'));
    symlinkSync('/dev/null', here.path('device'));
    const at = (name: string) => file({ path: here.path(name), content: wanted });
    const verdicts = await sameVerdicts(here, [
      at('absent'),
      holding(here, 'same', wanted),
      at('folder'),
      at('to file'),
      at('no/parent'),
      at('to folder'),
      at('real/below a file'),
      at('dangling'),
      holding(here, 'other', 'else\n'),
      at('loop'),
      at('device'),
      at('last'),
    ]);
    const [absent, same, folder, toFile, orphan] = verdicts;
    assert.deepEqual(same, []);
    assert.match(JSON.stringify(absent), /"absent"/);
    assert.match(JSON.stringify(folder), /throws.*is a directory/);
    assert.match(JSON.stringify(toFile), /"before":"else\\n"/);
    assert.match(JSON.stringify(orphan), /throws.*doesn't exist/);
  });

  it('tell the text that differs, to the byte', async () => {
    const contents = [
      'a line\n',
      'no newline',
      'two newlines\n\n',
      '',
      '\n',
      'text 3\ntext 3',
      '\ntext 0\n',
      'x'.repeat(DIFF_LIMIT),
      'ünï☃\r\n',
    ];
    const tasks = contents.map((content, i) => holding(box(), `f${i}`, content));
    const verdicts = await sameVerdicts(box(), tasks);
    const texts = verdicts.map((changes) => (changes as [{ text?: { before: string } }])[0].text?.before);
    assert.deepEqual(texts, contents);
  });

  it('tell no text that is binary, too large or as wanted', async () => {
    const tasks = [
      holding(box(), 'binary', Buffer.from([0xff, 0xfe, 0, 10])),
      holding(box(), 'large', 'x'.repeat(DIFF_LIMIT + 1)),
      file({ path: holdingPath(box(), 'secret', 'old'), content: secret('new') }),
      holding(box(), 'same', wanted),
    ];
    const content = [{ what: 'content' }];
    const [binary, large, hidden, same] = await sameVerdicts(box(), tasks);
    assert.deepEqual([binary, large, same], [content, content, []]);
    assert.ok(!JSON.stringify(hidden).includes('before'));
    const [, , of, as] = (await askJointly(box(), tasks)) ?? [];
    assert.equal(of?.stdout.split('\n').length, 2, 'the text of a secret was sent');
    assert.equal(as?.stdout.split('\n').length, 2, 'a text was sent that is as wanted');
  });

  it('are told apart whatever they are called', async () => {
    const names = [...HOSTILE, `it's`, 'back\\slash', 'new\nline', '0:81a4:0:0:root:root', 'text 3'].map(
      (name) => name.replaceAll('/', ''),
    );
    const tasks = names.flatMap((name, i) => [
      i % 2 === 0 ? holding(box(), name, wanted) : holding(box(), name, `other ${i}`),
      file({ path: box().path(`${name} that is not there`), content: wanted }),
    ]);
    const verdicts = await sameVerdicts(box(), tasks);
    assert.equal(
      verdicts.filter((changes) => Array.isArray(changes) && changes.length === 0).length,
      Math.ceil(names.length / 2),
    );
  });

  it('believe no name that looks like an answer', async () => {
    const tasks = [
      holding(box(), 'first', 'old\n'),
      holding(box(), `new\n${'0'.repeat(64)}  line`, wanted),
      holding(box(), `new\n0:81a4:0:0:root:root`, 'else\n'),
      holding(box(), 'last', wanted),
      holding(box(), 'line\ntext 0\nQUFB', wanted),
    ];
    // Some programs print a newline in a name as it is; then everybody is asked alone.
    if (await askJointly(box(), tasks)) await sameVerdicts(box(), tasks);
  });

  it('may name one path twice', async () => {
    const one = holding(box(), 'f', 'old\n');
    const path = box().path('f');
    const [first, second, third] = await sameVerdicts(box(), [
      one,
      file({ path, content: 'old\n' }),
      file({ path, content: 'third' }),
      one,
    ]);
    assert.deepEqual(second, []);
    assert.match(JSON.stringify([first, third]), /"before":"old.*"before":"old/);
  });

  it('are 200 at once for one stat and one sha256sum', async function () {
    const tasks = Array.from({ length: 200 }, (_, i) =>
      i % 3 === 2
        ? file({ path: box().path(`f${i}`), content: wanted })
        : holding(box(), `f${i}`, i === 100 ? 'old' : wanted),
    );
    await sameVerdicts(box(), tasks.slice(90, 110));
    if (!box().canReplaceTools) this.skip();
    box().recordTools();
    const answers = await askJointly(box(), tasks);
    const called = box()
      .calls()
      .map(([name]) => name)
      .filter((name) => name !== 'cat');
    assert.deepEqual(called, ['stat', 'sha256sum', 'wc', 'base64']);
    const differing = tasks.flatMap((task, i) => ((verdict(task, answers?.[i]) as []).length > 0 ? [i] : []));
    assert.deepEqual(
      differing,
      tasks.flatMap((_, i) => (i % 3 === 2 || i === 100 ? [i] : [])),
    );
  });

  it('are each asked alone when one comes or goes meanwhile', async function () {
    if (!box().canReplaceTools) this.skip();
    const tasks = ['a', 'b', 'c'].map((name) => holding(box(), name, `old ${name}`));
    const late = file({ path: box().path('late'), content: wanted });
    const real = (name: string) => `exec ${box().path('.sandbox/tools', name)} "$@"`;
    for (const [tool, meanwhile] of [
      ['stat', 'rm -f @ROOT@/b'],
      ['stat', 'mv @ROOT@/b @ROOT@/late'],
      ['sha256sum', 'rm -f @ROOT@/b'],
      // Between the two: the one asks about more files than the other.
      ['stat', ': >@ROOT@/late'],
    ] as const) {
      rmSync(box().path('late'), { force: true });
      writeFileSync(box().path('b'), 'old b');
      box().standIn(tool, `${meanwhile}; ${real(tool)}`);
      assert.equal(await askJointly(box(), [...tasks, late]), undefined, `${tool}: ${meanwhile}`);
      box().remove(tool);
    }
  });
});

inEveryShell('directories asked for together', (box) => {
  it('tell what each tells alone', async () => {
    const here = box();
    mkdirSync(here.path('one'), { mode: 0o750 });
    mkdirSync(here.path('two'), { mode: 0o755 });
    writeFileSync(here.path('file'), '');
    symlinkSync(here.path('two'), here.path('to two'));
    symlinkSync(here.path('nothing'), here.path('dangling'));
    const at = (name: string, mode?: string) =>
      directory({ path: here.path(name), ...(mode ? { mode } : {}) });
    const verdicts = await sameVerdicts(here, [
      at('one', '0755'),
      at('absent'),
      at('two', '0755'),
      at('to two', '0700'),
      at('file'),
      at('dangling'),
      at('no/parent'),
      at('file/below'),
      at('one', '0750'),
      directory({ path: '/' }),
    ]);
    assert.deepEqual(
      verdicts.map((told) => (Array.isArray(told) ? told.length : 'throws')),
      [1, 1, 0, 1, 'throws', 'throws', 1, 1, 0, 0],
    );
  });

  it('are 200 at once for one stat', async function () {
    if (!box().canReplaceTools) this.skip();
    const tasks = Array.from({ length: 200 }, (_, i) => {
      mkdirSync(box().path(`d${i}`));
      return directory({ path: box().path(`d${i}`) });
    });
    box().recordTools();
    assert.equal((await askJointly(box(), tasks))?.length, 200);
    assert.deepEqual(
      box()
        .calls()
        .map(([name]) => name)
        .filter((name) => name !== 'cat'),
      ['stat'],
    );
  });
});

describe('paths asked for together by someone who may not look', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-joint-'));
    chmodSync(folder, 0o755);
    for (const name of ['closed', 'open']) mkdirSync(join(folder, name), { mode: 0o755 });
    for (const name of ['closed/f', 'open/hidden', 'open/shown']) writeFileSync(join(folder, name), 'old\n');
    chmodSync(join(folder, 'open/hidden'), 0o000);
    chmodSync(join(folder, 'closed'), 0o000);
  });
  afterEach(() => {
    chmodSync(join(folder, 'closed'), 0o700);
    rmSync(folder, { recursive: true });
  });

  /** Root may look everywhere, so the script runs as nobody then. */
  function ask(task: Pick<Task, 'probe'>): Reply {
    const who = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { status, stdout, stderr } = spawnSync('/bin/sh', {
      ...who,
      input: task.probe.script.reveal(),
      encoding: 'utf8',
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    return { code: status ?? 1, stdout: stdout.replace(/\n$/, ''), stderr };
  }

  it('tell what each tells alone', () => {
    const paths = ['closed/f', 'open/hidden', 'open/shown', 'open/absent', 'closed/no/f', 'closed'];
    for (const make of [
      (path: string) => file({ path, content: wanted }),
      (path: string) => directory({ path }),
    ]) {
      const tasks = paths.map((path) => make(join(folder, path)));
      const items = tasks.flatMap(({ probe }) => (probe.joint ? [probe.joint.item] : []));
      const joint = tasks[0]?.probe.joint?.probe;
      const together = joint?.split(ask({ probe: { script: joint.script(items) } }), items);
      const verdicts = tasks.map((task, i) => verdict(task, together?.[i]));
      assert.deepEqual(
        verdicts,
        tasks.map((task) => verdict(task, ask(task))),
      );
      assert.match(JSON.stringify(verdicts[0]), /no permission to look at/);
    }
  });

  it('keep what a file holds that may not be read to its own task', () => {
    const tasks = ['open/shown', 'open/hidden'].map((name) =>
      file({ path: join(folder, name), content: 'x' }),
    );
    const [shown, hidden] = tasks.map((task) => verdict(task, ask(task)));
    assert.match(JSON.stringify(shown), /"before":"old/);
    assert.match(JSON.stringify(hidden), /can't read .*hidden on the host/);
  });
});

describe('the answer about many files', () => {
  const { probe } = jointFile('/a', '');
  const items = [
    ['/a', 'x'],
    ['/b', 'x'],
  ];
  const split = (stdout: string) => probe.split({ code: 0, stdout, stderr: '' }, items);
  const stat = '1:81a4:0:0:root:root';
  const sum = 'a'.repeat(64);

  it('is believed only when it is whole', () => {
    assert.deepEqual(
      split(`fa\n${stat}\n${sum}  /a`)?.map(({ stdout }) => stdout),
      [`${stat}\n${sum}`, 'absent'],
    );
    for (const stdout of [
      '',
      'f',
      `fa\n${stat}`,
      `fa\n${sum}  /a`,
      `ff\n${stat}\n${stat}\n${sum}  /a`,
      `fa\n${stat}\n${stat}\n${sum}  /a`,
      `fa\n${stat}\n${sum}  /a\n${sum}  /b`,
      `faa\n${stat}\n${sum}  /a`,
      'sh: 1: stat: not found',
    ]) {
      assert.equal(split(stdout), undefined, stdout);
    }
  });
});

function holdingPath(box: Sandbox, name: string, content: string): string {
  writeFileSync(box.path(name), content, { mode: 0o600 });
  return box.path(name);
}
