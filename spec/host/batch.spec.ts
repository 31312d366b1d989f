import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchLine, batchScript, type Part } from '../../lib/host/batch.ts';
import { FrameReader } from '../../lib/host/frame.ts';
import type { Reply } from '../../lib/model/fact.ts';
import { secret } from '../../lib/util/secret.ts';
import { type Script, sh } from '../../lib/util/sh.ts';
import { HOSTILE, shells } from '../support/sandbox.ts';
import { isAlive } from './processes.ts';

const MARK = 'c0ffee';
const probe = (id: string, script: Script): Part => ({ id, script });

/** Sends `code` to a program's stdin and returns a FrameReader with its output. */
async function framesOf(command: readonly string[], code: string): Promise<FrameReader> {
  const [program = '/bin/sh', ...args] = command;
  const child = spawn(program, args, { env: { PATH: process.env['PATH'], HOME: '/' }, detached: true });
  const frames = new FrameReader(MARK, () => {});
  const deadline = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 15_000);
  child.stdout.on('data', (chunk: Buffer) => frames.push('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => frames.push('stderr', chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(code);
  await new Promise((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, 30));
  clearTimeout(deadline);
  child.stdout.destroy();
  child.stderr.destroy();
  return frames;
}

/** Scripts that try to affect the others, and the replies that they must have. */
const NASTY: readonly (readonly [string, Script, Partial<Reply>])[] = [
  ['prints no newline', sh`printf x; printf y >&2`, { code: 0, stdout: 'x', stderr: 'y' }],
  ['prints nothing', sh`:`, { code: 0, stdout: '', stderr: '' }],
  ['exits', sh`echo a; exit 7`, { code: 7, stdout: 'a' }],
  ['returns', sh`echo a; return 6`, { code: 6, stdout: 'a' }],
  ['reads stdin', sh`cat; read x; echo "got<$x>"`, { code: 0, stdout: 'got<>' }],
  ['does not parse: an open quote', sh`echo 'oops`, { stdout: '' }],
  ['does not parse: a stray fi', sh`fi`, { stdout: '' }],
  ['does not parse: an open brace', sh`foo() { echo`, { stdout: '' }],
  ['does not parse: an open parenthesis', sh`( echo`, { stdout: '' }],
  ['closes too much', sh`echo a; }`, {}],
  [
    'leaves a here-document open',
    sh`cat <<EOF
inside`,
    { stdout: 'inside' },
  ],
  ['ends in a comment', sh`echo a # no newline`, { code: 0, stdout: 'a' }],
  ['ends in a backslash', sh`echo a \\`, {}],
  ['goes away', sh`cd /tmp && pwd`, { code: 0, stdout: '/tmp' }],
  ['sets options', sh`set -euf; echo "$nope"`, { stdout: '' }],
  ['sets -x', sh`set -x; echo a`, { code: 0, stdout: 'a' }],
  ['sets -n', sh`set -n; echo a`, {}],
  [
    'spoils the environment',
    sh`IFS=x PATH=/nowhere LC_ALL=xx umask=1; IFS=e; PATH=/nowhere; export PATH; umask 777`,
    { code: 0 },
  ],
  [
    'takes our names',
    sh`mark() { echo fake; }; here() { :; }; as() { :; }; frame() { :; }; code=5; unset -f mark frame; echo a`,
    { code: 0, stdout: 'a' },
  ],
  ['takes our variables away', sh`code=; unset code; set -- x y z; shift 2; home=1`, { code: 0 }],
  ['traps', sh`trap 'echo trapped' EXIT; echo a`, { code: 0, stdout: 'a\ntrapped' }],
  ['ignores signals', sh`trap '' TERM HUP INT; echo a`, { code: 0, stdout: 'a' }],
  ['aliases', sh`alias echo=false mark=false; echo a`, {}],
  ['closes its streams', sh`exec >&- 2>&-; echo a`, { stdout: '', stderr: '' }],
  ['becomes another program', sh`exec echo a`, { code: 0, stdout: 'a' }],
  ['kills itself', sh`sh -c 'kill -9 "$PPID"'; echo survived`, {}],
  [
    'prints what looks like a marker',
    sh`printf '\n%s over 0\n%s\n' MARK c0ffe`,
    { code: 0, stdout: '\nMARK over 0\nc0ffe' },
  ],
  ['prints bytes that are no text', sh`printf 'a\000b\377c'`, { code: 0, stdout: 'a\0b\ufffdc' }],
  [
    'prints 3 MiB in one line',
    sh`head -c 3145728 /dev/zero | tr '\0' z`,
    { code: 0, stdout: 'z'.repeat(3145728) },
  ],
  ['prints 300,000 lines', sh`yes | head -n 300000`, { code: 0, stdout: 'y\n'.repeat(300_000).slice(0, -1) }],
  ['leaves something running that holds its streams', sh`sleep 3 & echo a`, { code: 0, stdout: 'a' }],
  ['is a subshell that fails', sh`( exit 4 )`, { code: 4 }],
  ['is empty', sh``, { code: 0 }],
  ['is only a comment', sh`# nothing`, { code: 0 }],
];

for (const shell of shells()) {
  describe(`a batch under ${shell.name}`, () => {
    const under = (parts: readonly Part[]) =>
      framesOf([...shell.command, '-c', 'eval "$(cat)"'], batchScript(MARK, parts).reveal());

    it('returns the reply of every script, independent of the others', async () => {
      const neighbour = sh`pwd; umask; echo "$LC_ALL $PATH $#"; printf '%s|' a b; echo "$-" | tr -cd efux`;
      const parts = NASTY.flatMap(([, script], i) => [probe(`n${i}`, script), probe(`after${i}`, neighbour)]);
      const frames = await under([probe('first', neighbour), ...parts]);
      const usual = frames.reply('first');
      assert.match(usual?.stdout ?? '', /^\/\n0022\nC \/usr\/local\/sbin:\S+ 0\na\|b\|$/);
      NASTY.forEach(([title, , expected], i) => {
        const reply = frames.reply(`n${i}`);
        assert.ok(reply, `one that ${title} gave no reply`);
        assert.deepEqual({ ...reply, ...expected }, reply, `one that ${title}`);
        assert.deepEqual(frames.reply(`after${i}`), usual, `the script after one that ${title}`);
      });
    });

    it('passes hostile values unchanged', async () => {
      const frames = await under(HOSTILE.map((value, i) => probe(String(i), sh`printf '%s' ${value}`)));
      HOSTILE.forEach((value, i) => {
        assert.equal(frames.reply(String(i))?.stdout, value);
      });
    });

    it('passes hostile values unchanged in secrets', async () => {
      const frames = await under(
        HOSTILE.map((value, i) => probe(String(i), sh`printf '%s' ${secret(value)}`)),
      );
      HOSTILE.forEach((value, i) => {
        assert.equal(frames.reply(String(i))?.stdout, value);
      });
    });

    it('stops an apply at the first line that fails, and runs nothing after it', async () => {
      const lines = sh`echo one
false
echo two`;
      const frames = await under([
        { id: 'before', script: sh`echo ready`, apply: true },
        { id: 'apply', script: lines, apply: true },
        probe('0', sh`echo asked`),
      ]);
      assert.deepEqual(frames.reply('before'), { code: 0, stdout: 'ready', stderr: '' });
      assert.deepEqual(frames.reply('apply'), { code: 1, stdout: 'one', stderr: '' });
      assert.equal(frames.reply('0'), undefined);
    });

    for (const [title, script] of [
      [
        'a failing command in a function',
        sh`f() { false; echo late; }
f
echo two`,
      ],
      [
        'a failing subshell',
        sh`( echo in; false; echo late )
echo two`,
      ],
      [
        'an unset variable',
        sh`echo "$nowhere"
echo two`,
      ],
      [
        'a parse error',
        sh`echo one
if
echo two`,
      ],
      [
        'a failing end of a pipe',
        sh`echo one | false
echo two`,
      ],
    ] as const) {
      it(`stops an apply at ${title}`, async () => {
        const frames = await under([{ id: 'apply', script, apply: true }, probe('0', sh`:`)]);
        assert.notEqual(frames.reply('apply')?.code, 0);
        assert.doesNotMatch(frames.reply('apply')?.stdout ?? '', /late|two/);
        assert.equal(frames.reply('0'), undefined);
      });
    }

    it('lets an apply use functions, traps and commands that may fail', async () => {
      const script = sh`t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
if false; then echo no; fi
false || echo "allowed"
cd "$t"
printf x >f
[ -s f ]`;
      const frames = await under([{ id: 'apply', script, apply: true }, probe('0', sh`pwd`)]);
      assert.deepEqual(frames.reply('apply'), { code: 0, stdout: 'allowed', stderr: '' });
      assert.equal(frames.reply('0')?.stdout, '/');
    });

    it('runs scripts as another user, with an empty stdin', async function () {
      if (process.getuid?.() !== 0) return this.skip();
      const code = sh`id -un; pwd; cat; echo "$HOME"; echo "it's" '"'; exit 9`;
      const frames = await under([
        { id: '0', script: code, as: 'nobody' },
        { id: '1', script: sh`id -un`, as: 'root' },
        { id: '2', script: sh`echo here`, as: 'no-such-user' },
        probe('3', sh`id -un`),
      ]);
      const home = spawnSync('getent', ['passwd', 'nobody'], { encoding: 'utf8' }).stdout.split(':')[5];
      assert.deepEqual(frames.reply('0'), { code: 9, stdout: `nobody\n/\n${home}\nit's "`, stderr: '' });
      assert.equal(frames.reply('1')?.stdout, 'root');
      assert.notEqual(frames.reply('2')?.code, 0);
      assert.match(frames.reply('2')?.stderr ?? '', /no-such-user/);
      assert.equal(frames.reply('3')?.stdout, 'root');
    });

    it('stops an apply of another user at the first line that fails', async function () {
      if (process.getuid?.() !== 0) return this.skip();
      const script = sh`id -un
false
echo on`;
      const frames = await under([{ id: 'apply', script, as: 'nobody', apply: true }, probe('0', sh`:`)]);
      assert.deepEqual(frames.reply('apply'), { code: 1, stdout: 'nobody', stderr: '' });
      assert.equal(frames.reply('0'), undefined);
    });
  });
}

describe('a batch’s line', () => {
  const line = (parts: readonly Part[], limit = 5) =>
    batchLine(MARK, batchScript(MARK, parts), { limitSeconds: limit }).reveal();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-batch-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs completely or not at all, wherever it is cut off', async () => {
    const touch = (name: string) => sh`: >${join(folder, name)}`;
    const whole = line([
      {
        id: 'apply',
        script: sh`echo "it's"
${touch('a')}`,
        apply: true,
      },
      probe('0', touch('b')),
    ]);
    const end = whole.indexOf('\n', whole.indexOf('| timeout'));
    const cuts = [
      1,
      20,
      200,
      ...[0.3, 0.5, 0.7, 0.9].map((part) => Math.floor(end * part)),
      end - 60,
      end - 20,
    ];
    for (const cut of cuts) {
      await framesOf(['/bin/sh'], whole.slice(0, cut));
      assert.deepEqual(readdirSync(folder), [], `cut at ${cut} of ${end}: ${whole.slice(cut - 30, cut)}`);
    }
    await framesOf(['/bin/sh'], whole);
    assert.deepEqual(readdirSync(folder).sort(), ['a', 'b']);
  });

  it('ends with 124 after its time limit, with all its processes', async () => {
    const pid = join(folder, 'pid');
    const started = Date.now();
    const frames = await framesOf(
      ['/bin/sh'],
      line(
        [probe('0', sh`echo a`), probe('1', sh`sh -c 'echo $$; exec sleep 30' >${pid}`), probe('2', sh`:`)],
        0.5,
      ),
    );
    assert.ok(Date.now() - started < 5000);
    assert.equal(frames.over, true);
    assert.equal(frames.exit, 124);
    assert.equal(frames.reply('0')?.stdout, 'a');
    assert.equal(frames.running, '1');
    assert.equal(isAlive(Number(readFileSync(pid, 'utf8'))), false);
  });

  it('puts no secret into the arguments or the environment of a process', async () => {
    const value = "s3cr'et-of-this-spec";
    const seen = join(folder, 'seen');
    writeFileSync(seen, '');
    const spy = sh`printf '%s' ${secret(value)} >/dev/null
cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >>${seen} 2>/dev/null || :`;
    const asNobody = process.getuid?.() === 0 ? [{ id: '1', script: sh`${spy}`, as: 'root' }] : [];
    const user =
      process.getuid?.() === 0
        ? [{ id: '2', script: sh`printf '%s' ${secret(value)}; sleep 0.3`, as: 'nobody' }]
        : [];
    const watching = framesOf(['/bin/sh'], line([probe('0', spy), ...asNobody, ...user]));
    const found: string[] = [];
    const until = Date.now() + 800;
    while (Date.now() < until) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          const text =
            readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
          if (text.includes('of-this-spec')) found.push(text);
        } catch {
          // It has ended in the meantime.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const frames = await watching;
    assert.equal(frames.reply('0')?.code, 0);
    if (user.length > 0) assert.equal(frames.reply('2')?.stdout, value);
    assert.ok(statSync(seen).size > 0, 'the spy recorded nothing');
    assert.equal(readFileSync(seen, 'utf8').includes('of-this-spec'), false);
    assert.deepEqual(found, []);
  });

  it('shows secrets as ***', () => {
    const batch = batchScript(MARK, [probe('0', sh`login ${secret("it's")}`)]);
    assert.doesNotMatch(batchLine(MARK, batch, { limitSeconds: 5 }).toString(), /it.*s'\)|it'/);
    assert.match(batchLine(MARK, batch, { limitSeconds: 5 }).toString(), /login \*\*\*/);
  });
});
