import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, Connection, Exit } from '../../lib/connection/connection.ts';

/** Opens a connection to a host with /bin/sh; called for every test. */
export type Connect = () => Promise<Connection>;

export interface Ran extends Exit {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Runs a command and collects its output. */
export async function capture(
  connection: Connection,
  command: string,
  options: CommandOptions = {},
): Promise<Ran> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const exit = await connection.run(command, {
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => stderr.push(chunk),
    ...options,
  });
  return { ...exit, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

const text = (from: string) => [Buffer.from(from)];

/** Tests that every {@link Connection} must pass. */
export function connectionContract(connect: Connect): void {
  let connection: Connection;

  beforeEach(async () => {
    connection = await connect();
  });
  afterEach(() => connection.close());

  it('returns the exit code', async () => {
    assert.deepEqual(await connection.run('true'), { code: 0, signal: undefined });
    assert.deepEqual(await connection.run('exit 7'), { code: 7, signal: undefined });
  });

  it('returns the signal that ended a command', async () => {
    assert.deepEqual(await connection.run('kill -KILL $$'), { code: null, signal: 'SIGKILL' });
  });

  it('keeps stdout and stderr apart', async () => {
    const { stdout, stderr } = await capture(connection, 'echo out; echo err >&2; echo more');
    assert.equal(stdout.toString(), 'out\nmore\n');
    assert.equal(stderr.toString(), 'err\n');
  });

  it('returns all of stderr after stdout is closed', async () => {
    const { stderr } = await capture(connection, 'exec >&-; head -c 300000 /dev/zero >&2');
    assert.equal(stderr.length, 300_000);
  });

  it('transfers any bytes, 1 MiB in both directions', async () => {
    const bytes = randomBytes(1024 * 1024);
    const { code, stdout } = await capture(connection, 'cat', { stdin: [bytes] });
    assert.equal(code, 0);
    assert.ok(stdout.equals(bytes), 'the output differs from the input');
  });

  it('sends the parts of stdin in order', async () => {
    async function* slow() {
      yield Buffer.from('two ');
      await sleep(20);
      yield Buffer.from('three ');
    }
    const stdin = [...text('one '), Readable.from(slow(), { objectMode: false }), ...text('four')];
    assert.equal((await capture(connection, 'cat', { stdin })).stdout.toString(), 'one two three four');
  });

  it('ends stdin, also when it is empty', async () => {
    assert.equal((await capture(connection, 'cat; echo end')).stdout.toString(), 'end\n');
    const { stdout } = await capture(connection, 'cat; echo end', { stdin: text('a\n') });
    assert.equal(stdout.toString(), 'a\nend\n');
  });

  it('waits for a command that is slow to read', async () => {
    const stdin = [Buffer.alloc(4 * 1024 * 1024)];
    const { stdout } = await capture(connection, 'sleep 0.2; wc -c', { stdin });
    assert.equal(stdout.toString().trim(), String(4 * 1024 * 1024));
  });

  it('runs many commands at once', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => String(i));
    const ran = await Promise.all(
      numbers.map((i) => capture(connection, `sleep 0.05; cat; exit ${i}`, { stdin: text(`in ${i}`) })),
    );
    assert.deepEqual(
      ran.map(({ code, stdout }) => [code, stdout.toString()]),
      numbers.map((i) => [Number(i), `in ${i}`]),
    );
  });

  it('accepts a command that does not read its stdin', async () => {
    const stdin = [Buffer.alloc(8 * 1024 * 1024)];
    assert.deepEqual(await connection.run('exit 3', { stdin }), { code: 3, signal: undefined });
    const { stdout } = await capture(connection, 'exec <&-; sleep 0.1; echo alive', { stdin });
    assert.equal(stdout.toString(), 'alive\n');
  });

  it('calls onOpen once, before the output and before stdin is sent', async () => {
    const events: string[] = [];
    const stdin = new PassThrough();
    await connection.run('echo first; cat', {
      stdin: [stdin],
      onOpen: () => {
        events.push('open');
        stdin.end('second\n');
      },
      onStdout: (chunk) => events.push(chunk.toString()),
    });
    assert.deepEqual(events.join(' ').split(/\s+/).filter(Boolean), ['open', 'first', 'second']);
  });

  it('rejects with the reason as soon as it is aborted, and stays usable', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const started = performance.now();
    const running = connection.run('sleep 8', { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 100);
    await assert.rejects(running, (error) => error === reason);
    assert.ok(performance.now() - started < 5000, 'took too long');
    assert.equal((await connection.run('exit 5')).code, 5);
  });

  it('starts nothing when it is already aborted', async () => {
    const reason = new Error('enough');
    await assert.rejects(
      connection.run('true', { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  });

  it('rejects when a part of stdin can’t be read', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('disk gone'));
      },
    });
    await assert.rejects(connection.run('cat', { stdin: [...text('half'), broken] }), /disk gone/);
    assert.equal((await connection.run('true')).code, 0);
  });

  it('rejects when a listener throws, and stays usable', async () => {
    const onStdout = () => {
      throw new Error('listener broke');
    };
    await assert.rejects(connection.run('echo a', { onStdout }), /listener broke/);
    assert.equal((await connection.run('true')).code, 0);
  });

  it('rejects running and later commands when it is closed', async () => {
    const running = assert.rejects(connection.run('sleep 8'), { name: 'PlayError' });
    await sleep(100);
    await connection.close();
    await running;
    await assert.rejects(connection.run('true'), { name: 'PlayError', kind: 'aborted' });
    await connection.close();
  });
}

/** More tests, for connections that stream stdin and output. */
export function streamingContract(connect: Connect): void {
  it('destroys an endless stdin when the command ends', async () => {
    const connection = await connect();
    try {
      const endless = new Readable({ read() {} });
      assert.equal((await connection.run('exit 4', { stdin: [endless] })).code, 4);
      assert.equal(endless.destroyed, true);
    } finally {
      await connection.close();
    }
  });

  it('passes output on while the command runs', async () => {
    const connection = await connect();
    try {
      const abort = new AbortController();
      const running = connection.run('echo first; sleep 8', {
        onStdout: () => abort.abort(new Error('seen')),
        signal: abort.signal,
      });
      await assert.rejects(running, /seen/);
    } finally {
      await connection.close();
    }
  });
}
