import assert from 'node:assert/strict';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { action } from '../../lib/tasks/action.ts';
import { command } from '../../lib/tasks/command.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { converge, HOSTILE, inEveryShell, look, whats } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: 'sh: oops' });

describe('command', () => {
  it('is done when all its guards hold', () => {
    const task = command({ run: sh`make`, creates: '/a', removes: '/b', unless: sh`true` });
    assert.deepEqual(task.assess(reply('asked'), []).changes, []);
    assert.deepEqual(task.assess(reply('creates\nremoves\nunless\nasked'), []).changes, [
      { what: 'creates', from: 'not done', to: '/a exists' },
      { what: 'removes', from: 'not done', to: '/b is gone' },
      { what: 'unless', from: 'not done', to: 'its guard holds' },
    ]);
    assert.throws(() => task.assess(reply(''), []), /no answer: sh: oops/);
  });

  it('must say when it is done', () => {
    // @ts-expect-error: a guard is missing
    assert.throws(() => command({ run: sh`make` }), /use action\(\)/);
    assert.throws(() => command({ run: sh`make`, creates: 'out' }), /absolute/);
  });

  it('is titled by its first line, secrets hidden', () => {
    assert.equal(
      command({ run: sh`tool --key ${secret('k3y')}\nnext`, creates: '/a' }).title,
      'command tool --key ***\\nnext',
    );
    assert.equal(command({ run: sh`make ${'x'.repeat(80)}`, creates: '/a' }).title.length, 68);
  });
});

inEveryShell('command', (box) => {
  it('runs once, until its guard holds', async () => {
    const out = box().path("it's $(touch pwned)\nout");
    const task = command({ run: sh`echo x >>${out}`, creates: out });
    assert.deepEqual(whats((await converge(box(), task)).changes), ['creates']);
    assert.deepEqual((await converge(box(), task)).changes, []);
    await converge(box(), command({ run: sh`rm ${out}`, removes: out }));
    assert.ok(!existsSync(out) && !existsSync(box().path('pwned')));
  });

  it('lets a guard exit, print, fail, read and end in a comment', async () => {
    const guard = async (unless: ReturnType<typeof sh>) =>
      whats((await look(box(), command({ run: sh`:`, unless }))).changes);
    assert.deepEqual(await guard(sh`echo creates; exit 0`), []);
    assert.deepEqual(await guard(sh`exit 3`), ['unless']);
    assert.deepEqual(await guard(sh`not-a-program`), ['unless']);
    assert.deepEqual(await guard(sh`cat; true # for sure`), []);
    assert.deepEqual(
      await guard(sh`cat <<EOF
text
EOF`),
      [],
    );
    for (const value of HOSTILE) assert.deepEqual(await guard(sh`[ x${value} = x${value} ]`), []);
  });

  it('counts a link to nothing as created', async () => {
    symlinkSync('nothing', box().path('l'));
    assert.deepEqual((await look(box(), command({ run: sh`:`, creates: box().path('l') }))).changes, []);
  });

  it('says what is still different when it did not do what it promised', async () => {
    await assert.rejects(
      converge(box(), command({ run: sh`:`, creates: box().path('x') })),
      /still differs.*creates/,
    );
  });
});

inEveryShell('action', (box) => {
  it('runs every time', async () => {
    const task = action({ title: 'knock', run: sh`echo knock >>knocks` });
    assert.ok(task.always);
    assert.equal(task.title, 'knock');
    writeFileSync(box().path('knocks'), '');
    await converge(box(), task);
    assert.deepEqual(whats((await converge(box(), task)).changes), ['run']);
    assert.equal((await box().run(sh`grep -c knock knocks`)).stdout, '2');
    assert.throws(() => action({ title: ' ', run: sh`:` }), /needs a title/);
  });
});
