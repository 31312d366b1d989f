import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Connection } from '../../lib/connection/connection.ts';
import { makeAuthor } from '../../lib/host/apply-record.ts';
import { HostSession } from '../../lib/host/session.ts';
import { uploadedPath } from '../../lib/model/task.ts';
import { ScriptedHost } from '../../lib/testing/scripted-host.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { Redactor } from '../../lib/util/redact.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { rebasedLocal } from './hosts.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const AUTHOR = makeAuthor('spec.ts');
const quiet = { title: 'spec', onLine: () => {} };

describe('HostSession', () => {
  describe('opening', () => {
    /** Accepts the connection, but starts no command. */
    const stuck: Connection = { run: () => new Promise(() => {}), close: async () => {} };
    const kind = (wanted: string, message: RegExp) => (error: unknown) =>
      error instanceof PlayError && error.kind === wanted && message.test(error.message);

    it('opens the shell that the first batch then uses', async () => {
      const host = new ScriptedHost(() => '');
      const session = new HostSession('h', host, undefined, new Redactor(), { value: 0 });
      await session.open();
      assert.deepEqual(host.commands, ['exec /bin/sh']);
      await session.ask([{ script: sh`a` }]);
      assert.deepEqual([host.commands.length, session.roundTrips], [1, 1]);
      await session.close();
    });

    it('times out when a host starts no command', async () => {
      const session = new HostSession('h', stuck, undefined, new Redactor(), { value: 0 }, undefined, 0.05);
      await assert.rejects(
        session.open(),
        kind('unreachable', /^opening a shell on the host timed out after 0\.05 s/),
      );
    });

    it('stops waiting when interrupted', async () => {
      const abort = new AbortController();
      const session = new HostSession('h', stuck, undefined, new Redactor(), { value: 0 }, abort.signal);
      setTimeout(() => abort.abort(), 20);
      await assert.rejects(session.open(), kind('aborted', /interrupted/));
    });

    it('lets the first batch report why a shell ended', async () => {
      const refusing: Connection = {
        run: async (_command, { onStderr } = {}) => {
          onStderr?.(Buffer.from('sudo: a password is required\n'));
          return { code: 1, signal: undefined };
        },
        close: async () => {},
      };
      const session = new HostSession('h', refusing, 'root', new Redactor(), { value: 0 });
      await session.open();
      await assert.rejects(session.ask([{ script: sh`a` }]), kind('failed', /sudo refused/));
    });
  });

  describe('asking', () => {
    const host = () => {
      let count = 0;
      return new ScriptedHost(({ code }) => {
        count += 1;
        return `${code} ${count}\n`;
      });
    };
    const open = (connection: ScriptedHost, epoch = { value: 0 }) =>
      new HostSession('h', connection, undefined, new Redactor(), epoch);
    const text = (answers: readonly unknown[]) =>
      answers.map((answer) => (answer as { stdout: string }).stdout);

    it('runs all probes in one batch, and equal ones once', async () => {
      const connection = host();
      const session = open(connection);
      const probes = [{ script: sh`a` }, { script: sh`b` }, { script: sh`a` }, { script: sh`a`, as: 'bob' }];
      assert.deepEqual(text(await session.ask(probes)), ['a 1', 'b 2', 'a 1', 'a 3']);
      assert.equal(session.roundTrips, 1);
      await session.close();
    });

    it('reuses answers while no host was changed, except with fresh', async () => {
      const epoch = { value: 0 };
      const connection = host();
      const [session, other] = [open(connection, epoch), open(host(), epoch)];
      const ask = async (fresh = false) => text(await session.ask([{ script: sh`a` }], { fresh }));
      assert.deepEqual(await ask(), ['a 1']);
      assert.deepEqual(await ask(), ['a 1']);
      assert.deepEqual(await ask(true), ['a 2']);
      assert.deepEqual(await ask(), ['a 2']);
      await other.apply({ apply: { script: sh`change` }, ...quiet }, []);
      assert.deepEqual(await ask(), ['a 3']);
      assert.equal(session.roundTrips, 3);
      await Promise.all([session.close(), other.close()]);
    });

    it('asks once for all that want the same at the same time', async () => {
      const session = open(host());
      const ask = (fresh = false) => session.ask([{ script: sh`a` }], { fresh });
      const first = await Promise.all([ask(), ask(), ask()]);
      assert.deepEqual(text(first.flat()), ['a 1', 'a 1', 'a 1']);
      assert.deepEqual(text((await Promise.all([ask(true), ask(true)])).flat()), ['a 2', 'a 2']);
      assert.equal(session.roundTrips, 2);
      await session.close();
    });

    it('gives who wants a fresh answer none of a look that had begun before', async () => {
      const session = open(host());
      const begun = session.ask([{ script: sh`a` }]);
      await turn();
      const late = session.ask([{ script: sh`a` }], { fresh: true });
      assert.deepEqual([text(await begun), text(await late)], [['a 1'], ['a 2']]);
      await session.close();
    });

    it('does not reuse answers from during a change of another host', async () => {
      const epoch = { value: 0 };
      const slow = open(
        new ScriptedHost(async () => {
          await sleep(60);
          return '';
        }),
        epoch,
      );
      const session = open(host(), epoch);
      const changing = slow.apply({ apply: { script: sh`change` }, ...quiet }, []);
      await sleep(10);
      assert.deepEqual(text(await session.ask([{ script: sh`a` }])), ['a 1']);
      await changing;
      assert.deepEqual(text(await session.ask([{ script: sh`a` }])), ['a 2']);
      await Promise.all([session.close(), slow.close()]);
    });

    it('does not reuse an answer for another user or another secret', async () => {
      const session = open(host());
      const [one] = await session.ask([{ script: sh`login ${secret('one1')}` }]);
      const [two] = await session.ask([{ script: sh`login ${secret('two2')}` }]);
      assert.notDeepEqual(one, two);
      await session.close();
    });

    it('distinguishes timeouts and killed scripts from answers, and leaves the scripts after them unanswered', async () => {
      const hang = open(new ScriptedHost(({ code }) => (code === 'b' ? 'HANG' : 'fine')));
      const die = open(new ScriptedHost(({ code }) => (code === 'b' ? 'DIE' : 'fine')));
      const probes = [{ script: sh`a` }, { script: sh`b` }, { script: sh`c` }];
      const fine = { code: 0, stdout: 'fine', stderr: '' };
      assert.deepEqual(await hang.ask(probes), [fine, 'timeout', undefined]);
      assert.deepEqual(await die.ask(probes), [fine, 'died', undefined]);
      await Promise.all([hang.close(), die.close()]);
    });

    it('limits a look to the given seconds', async () => {
      const connection = host();
      const session = new HostSession('h', connection, undefined, new Redactor(), { value: 0 }, undefined, 3);
      await session.ask([{ script: sh`a` }]);
      await session.apply({ apply: { script: sh`b` }, timeLimit: 10, ...quiet }, []);
      assert.deepEqual(
        connection.batches.map(({ limit }) => limit),
        [3, 13],
      );
      await session.close();
    });
  });

  it('becomes the play’s user for shells and for files', async () => {
    const connection = new ScriptedHost(() => '');
    const session = new HostSession('h', connection, 'app user', new Redactor(), { value: 0 });
    await session.ask([{ script: sh`a` }]);
    await session.download('/x', join(tmpdir(), `ts-play-session-${process.pid}`));
    const become = "sudo -n -H -u 'app user' -- ";
    assert.equal(connection.commands[0], `exec ${become}/bin/sh`);
    assert.equal(connection.commands[1], `${become}/bin/sh -c 'exec cat -- /x'`);
    rmSync(join(tmpdir(), `ts-play-session-${process.pid}`));
    await session.close();
  });

  it('sends only commands that any login shell can read', async () => {
    const connection = new ScriptedHost(() => '');
    const session = new HostSession('h', connection, undefined, new Redactor(), { value: 0 });
    const to = join(tmpdir(), `ts-play-session-${process.pid}`);
    for (const path of ["/it's", '/a!b', '/a\\b', '/a\nb', '/plain']) await session.download(path, to);
    rmSync(to);
    for (const command of connection.commands) assert.match(command, /^\/bin\/sh -c '[^'!\\\n]*'$/);
    await session.close();
  });

  describe('on this machine', () => {
    let folder: string;
    let session: HostSession;
    const abort = { controller: new AbortController() };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'ts-play-session-'));
      mkdirSync(join(folder, 'var'));
      abort.controller = new AbortController();
      const connection = rebasedLocal('/var/tmp/', `${folder}/var/`);
      session = new HostSession(
        'h',
        connection,
        undefined,
        new Redactor(),
        { value: 0 },
        abort.controller.signal,
        2,
        AUTHOR,
      );
    });
    afterEach(async () => {
      await session.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const local = (text: string) => {
      const from = join(folder, 'source');
      writeFileSync(from, text);
      return { from, sha256: sha256(text) };
    };
    const leftOn = () => readdirSync(join(folder, 'var'));
    /** Another session on this machine: of another run, or of the same one. */
    const another = (author = makeAuthor('other.ts')) =>
      new HostSession(
        'h',
        rebasedLocal('/var/tmp/', `${folder}/var/`),
        undefined,
        new Redactor(),
        { value: 0 },
        undefined,
        undefined,
        author,
      );
    const appears = async (name: string) => {
      for (let i = 0; i < 500 && !existsSync(join(folder, name)); i += 1) await sleep(20);
    };

    it('reports a probe that hangs and answers the others', async () => {
      const answers = await session.ask([
        { script: sh`echo a` },
        { script: sh`sleep 20` },
        { script: sh`echo c` },
      ]);
      assert.deepEqual(
        answers.map((answer) => (typeof answer === 'object' ? answer.stdout : answer)),
        ['a', 'timeout', undefined],
      );
    });

    it('uploads verified files for the apply, and removes them after it', async () => {
      const upload = local('the file’s content');
      const { reply, answers } = await session.apply(
        {
          apply: {
            script: sh`cat -- ${uploadedPath(upload)}; stat -c ' %a' ${uploadedPath(upload)}`,
            uploads: [upload],
          },
          ...quiet,
        },
        [{ script: sh`echo asked` }],
      );
      assert.deepEqual(reply, { code: 0, stdout: 'the file’s content 600', stderr: '' });
      assert.equal((answers[0] as { stdout: string }).stdout, 'asked');
      assert.deepEqual(leftOn(), []);
    });

    it('removes files after an apply that fails', async () => {
      const { reply } = await session.apply(
        { apply: { script: sh`exit 3`, uploads: [local('x')] }, ...quiet },
        [{ script: sh`echo asked` }],
      );
      assert.equal((reply as { code: number }).code, 3);
      assert.deepEqual(leftOn(), []);
    });

    it('refuses a file with a wrong checksum, and leaves nothing', async () => {
      const good = local('good');
      const apply = {
        script: sh`: >${join(folder, 'applied')}`,
        uploads: [good, { ...good, sha256: sha256('else') }],
      };
      await assert.rejects(session.apply({ apply, ...quiet }, []), /can't upload/);
      assert.equal(existsSync(join(folder, 'applied')), false);
      assert.deepEqual(leftOn(), []);
    });

    it('fails when the file to upload does not exist', async () => {
      const apply = { script: sh`:`, uploads: [{ from: join(folder, 'nowhere'), sha256: sha256('') }] };
      await assert.rejects(session.apply({ apply, ...quiet }, []), /ENOENT/);
    });

    it('removes files when it is interrupted', async () => {
      const upload = local('x');
      const running = session.apply(
        { apply: { script: sh`: >${join(folder, 'started')}; sleep 30`, uploads: [upload] }, ...quiet },
        [],
      );
      await appears('started');
      assert.ok(leftOn().includes(basename(uploadedPath(upload))));
      abort.controller.abort(new Error('enough'));
      await assert.rejects(running, (error) => error instanceof PlayError && error.kind === 'aborted');
      assert.deepEqual(leftOn(), []);
    });

    it('uploads and changes nothing while an apply of another run is running, and reports it', async () => {
      const upload = local('x');
      const first = session.apply(
        { ...quiet, title: 'first', apply: { script: sh`: >${join(folder, 'begun')}; sleep 3` } },
        [],
      );
      await appears('begun');
      const other = another();
      const change = { script: sh`: >${join(folder, 'twin')}`, uploads: [upload] };
      await assert.rejects(other.apply({ ...quiet, apply: change }, []), (error) => {
        assert.ok(error instanceof PlayError);
        assert.equal(error.kind, 'failed');
        assert.match(error.what, /another run is still changing this host/);
        assert.match(error.why ?? '', /"first" of spec\.ts, run by \S+@\S+ \(process \d+\), since 20\d\d-/);
        assert.match(error.next ?? '', /kill -TERM -\d+/);
        return true;
      });
      assert.deepEqual(leftOn(), []);
      assert.equal(existsSync(join(folder, 'twin')), false);
      await first;
      await other.apply({ ...quiet, apply: change }, []);
      assert.equal(existsSync(join(folder, 'twin')), true);
      assert.deepEqual(leftOn(), []);
      await other.close();
    });

    it('can change a host in parallel with another session of the same run', async () => {
      const first = session.apply(
        { ...quiet, apply: { script: sh`: >${join(folder, 'begun')}; sleep 2` } },
        [],
      );
      await appears('begun');
      const same = another(AUTHOR);
      const upload = local('x');
      const change = { script: sh`cat ${uploadedPath(upload)}`, uploads: [upload] };
      const { reply } = await same.apply({ ...quiet, apply: change }, []);
      assert.equal((reply as { stdout: string }).stdout, 'x');
      await first;
      await same.close();
    });

    it('shows no secret to other users of the host', async () => {
      const password = secret('pass-of-title');
      const seen = join(folder, 'seen');
      await session.apply(
        {
          ...quiet,
          title: 'log in with pass-of-title',
          apply: { script: sh`: ${password}; cat /proc/$$/cmdline >${seen}` },
        },
        [],
      );
      assert.match(readFileSync(seen, 'utf8'), /log in with \*\*\*/);
      assert.doesNotMatch(readFileSync(seen, 'utf8'), /pass-of-title/);
    });

    it('removes with a change the files of an earlier run that was killed', async () => {
      const left = [`ts-play-${sha256('left')}`, 'ts-play-1-1.abcdef'];
      writeFileSync(join(folder, 'var', left[0] ?? ''), 'left');
      mkdirSync(join(folder, 'var', left[1] ?? ''));
      await session.ask([{ script: sh`:` }]);
      assert.deepEqual(leftOn().sort(), [...left].sort());
      await session.apply({ ...quiet, apply: { script: sh`:` } }, []);
      assert.deepEqual(leftOn(), []);
    });

    it('downloads complete files, and returns their checksum', async () => {
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 256));
      const path = join(folder, "it's a file");
      writeFileSync(path, bytes);
      const to = join(folder, 'new', 'copy');
      const sum = await session.download(path, to);
      assert.equal(sum, createHash('sha256').update(bytes).digest('hex'));
      assert.deepEqual(readFileSync(to), bytes);
      assert.equal(statSync(to).mode & 0o777, 0o600);
      assert.deepEqual(readdirSync(join(folder, 'new')), ['copy']);
    });

    it('keeps no incomplete download', async () => {
      const to = join(folder, 'new', 'copy');
      await assert.rejects(session.download(join(folder, 'nowhere'), to), (error) => {
        assert.ok(error instanceof PlayError);
        assert.match(`${error.what} ${error.why}`, /can't read .*No such file/);
        return true;
      });
      assert.deepEqual(readdirSync(join(folder, 'new')), []);
    });

    it('reports a full disk of the controller', async function () {
      if (!existsSync('/dev/full')) return this.skip();
      const to = join(folder, 'file-in-the-way');
      writeFileSync(to, '');
      writeFileSync(join(folder, 'x'), 'y'.repeat(1000));
      await assert.rejects(session.download(join(folder, 'x'), join(to, 'copy')));
    });

    it('removes secrets from lines and errors', async () => {
      const password = secret("pass'word");
      const lines: string[] = [];
      const { reply } = await session.apply(
        {
          title: 'spec',
          apply: { script: sh`echo ${password}; echo ${password} >&2` },
          onLine: (_, line) => lines.push(line),
        },
        [],
      );
      assert.deepEqual(lines.sort(), ['***', '***']);
      assert.equal((reply as { stdout: string }).stdout, "pass'word");
      await assert.rejects(session.download("/nowhere/pass'word", join(folder, 'x')), (error) => {
        assert.ok(error instanceof PlayError);
        assert.doesNotMatch(error.why ?? '', /pass'word/);
        return true;
      });
    });

    it('runs batches one after the other', async () => {
      const replies = await Promise.all(
        Array.from({ length: 8 }, (_, i) => session.ask([{ script: sh`sleep 0.01; echo ${i}` }])),
      );
      assert.deepEqual(
        replies.map(([answer]) => (answer as { stdout: string }).stdout),
        Array.from({ length: 8 }, (_, i) => String(i)),
      );
    });
  });
});
