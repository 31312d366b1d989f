import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, Connection, Exit } from '../connection/connection.ts';

/** Opens a connection to a host with /bin/sh. */
export type OpenConnection = () => Promise<Connection>;

/** One thing that a connection must do, for any test runner: `it(title, check)`. */
export interface ContractCase {
  /** What it does, in the present tense. */
  readonly title: string;
  /** Opens a connection, tries it, closes it. Rejects with an AssertionError or with what the connection threw. */
  check(): Promise<void>;
}

/** How a command ended, and what it printed. */
export interface Captured extends Exit {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Runs a command and collects its output. */
export async function capture(
  connection: Connection,
  command: string,
  options: CommandOptions = {},
): Promise<Captured> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const exit = await connection.run(command, {
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => stderr.push(chunk),
    ...options,
  });
  return { ...exit, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

/** What every {@link Connection} must do. */
export function connectionContract(open: OpenConnection): readonly ContractCase[] {
  return casesOf(EVERY, open);
}

/** What a connection must do besides that sends stdin and passes output on while the command runs: all but pretended ones. */
export function streamingContract(open: OpenConnection): readonly ContractCase[] {
  return casesOf(STREAMING, open);
}

type Check = (connection: Connection) => Promise<void>;

function casesOf(checks: Readonly<Record<string, Check>>, open: OpenConnection): readonly ContractCase[] {
  return Object.entries(checks).map(([title, check]) => ({
    title,
    async check() {
      const connection = await open();
      try {
        await check(connection);
      } finally {
        await connection.close();
      }
    },
  }));
}

const text = (from: string) => [Buffer.from(from)];

const EVERY: Readonly<Record<string, Check>> = {
  async 'returns the exit code'(connection) {
    assert.deepEqual(await connection.run('true'), { code: 0, signal: undefined });
    assert.deepEqual(await connection.run('exit 7'), { code: 7, signal: undefined });
  },

  async 'returns the signal that ended a command'(connection) {
    assert.deepEqual(await connection.run('kill -KILL $$'), { code: null, signal: 'SIGKILL' });
  },

  async 'keeps stdout and stderr apart'(connection) {
    const { stdout, stderr } = await capture(connection, 'echo out; echo err >&2; echo more');
    assert.equal(stdout.toString(), 'out\nmore\n');
    assert.equal(stderr.toString(), 'err\n');
  },

  async 'returns all of stderr after stdout is closed'(connection) {
    const { stderr } = await capture(connection, 'exec >&-; head -c 300000 /dev/zero >&2');
    assert.equal(stderr.length, 300_000);
  },

  async 'transfers any bytes, 1 MiB in both directions'(connection) {
    const bytes = randomBytes(1024 * 1024);
    const { code, stdout } = await capture(connection, 'cat', { stdin: [bytes] });
    assert.equal(code, 0);
    assert.ok(stdout.equals(bytes), 'the output differs from the input');
  },

  async 'sends the parts of stdin in order'(connection) {
    async function* slow() {
      yield Buffer.from('two ');
      await sleep(20);
      yield Buffer.from('three ');
    }
    const stdin = [...text('one '), Readable.from(slow(), { objectMode: false }), ...text('four')];
    assert.equal((await capture(connection, 'cat', { stdin })).stdout.toString(), 'one two three four');
  },

  async 'ends stdin, also when it is empty'(connection) {
    assert.equal((await capture(connection, 'cat; echo end')).stdout.toString(), 'end\n');
    const { stdout } = await capture(connection, 'cat; echo end', { stdin: text('a\n') });
    assert.equal(stdout.toString(), 'a\nend\n');
  },

  async 'waits for a command that is slow to read'(connection) {
    const stdin = [Buffer.alloc(4 * 1024 * 1024)];
    const { stdout } = await capture(connection, 'sleep 0.2; wc -c', { stdin });
    assert.equal(stdout.toString().trim(), String(4 * 1024 * 1024));
  },

  async 'runs many commands at once'(connection) {
    const numbers = Array.from({ length: 20 }, (_, i) => String(i));
    const ran = await Promise.all(
      numbers.map((i) => capture(connection, `sleep 0.05; cat; exit ${i}`, { stdin: text(`in ${i}`) })),
    );
    assert.deepEqual(
      ran.map(({ code, stdout }) => [code, stdout.toString()]),
      numbers.map((i) => [Number(i), `in ${i}`]),
    );
  },

  async 'accepts a command that does not read its stdin'(connection) {
    const stdin = [Buffer.alloc(8 * 1024 * 1024)];
    assert.deepEqual(await connection.run('exit 3', { stdin }), { code: 3, signal: undefined });
    const { stdout } = await capture(connection, 'exec <&-; sleep 0.1; echo alive', { stdin });
    assert.equal(stdout.toString(), 'alive\n');
  },

  async 'calls onOpen once, before the output and before stdin is sent'(connection) {
    const said: string[] = [];
    const stdin = new PassThrough();
    await connection.run('echo first; cat', {
      stdin: [stdin],
      onOpen: () => {
        said.push('open');
        stdin.end('second\n');
      },
      onStdout: (chunk) => said.push(chunk.toString()),
    });
    assert.deepEqual(said.join(' ').split(/\s+/).filter(Boolean), ['open', 'first', 'second']);
  },

  async 'rejects with the reason as soon as it is aborted, and stays usable'(connection) {
    const abort = new AbortController();
    const reason = new Error('enough');
    const started = performance.now();
    const running = connection.run('sleep 8', { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 100);
    await assert.rejects(running, (error) => error === reason);
    assert.ok(performance.now() - started < 5000, 'took too long');
    assert.equal((await connection.run('exit 5')).code, 5);
  },

  async 'starts nothing when it is already aborted'(connection) {
    const reason = new Error('enough');
    await assert.rejects(
      connection.run('true', { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  },

  async 'rejects when a part of stdin can’t be read'(connection) {
    const broken = new Readable({
      read() {
        void this.destroy(new Error('disk gone'));
      },
    });
    await assert.rejects(connection.run('cat', { stdin: [...text('half'), broken] }), /disk gone/);
    assert.equal((await connection.run('true')).code, 0);
  },

  async 'rejects when a listener throws, and stays usable'(connection) {
    const onStdout = () => {
      throw new Error('listener broke');
    };
    await assert.rejects(connection.run('echo a', { onStdout }), /listener broke/);
    assert.equal((await connection.run('true')).code, 0);
  },

  async 'rejects running and later commands when it is closed'(connection) {
    const running = assert.rejects(connection.run('sleep 8'), { name: 'PlayError' });
    await sleep(100);
    await connection.close();
    await running;
    await assert.rejects(connection.run('true'), { name: 'PlayError', kind: 'aborted' });
    await connection.close();
  },
};

const STREAMING: Readonly<Record<string, Check>> = {
  async 'destroys an endless stdin when the command ends'(connection) {
    const endless = new Readable({ read() {} });
    assert.equal((await connection.run('exit 4', { stdin: [endless] })).code, 4);
    assert.equal(endless.destroyed, true);
  },

  async 'passes output on while the command runs'(connection) {
    const abort = new AbortController();
    const running = connection.run('echo first; sleep 8', {
      onStdout: () => abort.abort(new Error('seen')),
      signal: abort.signal,
    });
    await assert.rejects(running, /seen/);
  },
};
