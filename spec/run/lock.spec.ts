import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action, type Lock, sh } from '../../lib/index.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import type { RunEvent } from '../../lib/model/events.ts';
import { type RunResult, run } from '../../lib/run/run.ts';
import { APPLIES, cuttable, rebasedLocal } from '../host/hosts.ts';

const inventory = parseInventory('all: {children: {web: {hosts: {h1: , h2: , h3: }}}}', 'hosts.yml');

describe('the lock of a playbook', () => {
  let folder: string;
  let log: string;
  let cases = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-lock-'));
    log = join(folder, 'log');
    cases += 1;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  interface Started {
    readonly result: Promise<RunResult>;
    readonly events: RunEvent[];
  }

  /** Starts a run that writes `word` into the log, on hosts that share this machine's file system. */
  function start(
    word: string,
    { lock, host = 'h2', seconds = 0, check = false, deaf = false, cut }: Options = {},
  ): Started {
    const events: RunEvent[] = [];
    const write = action({ title: 'write', run: sh`echo ${word} >>${log}; sleep ${seconds}` });
    const result = run(
      {
        lock: lock ?? { name: 'spec', hosts: 'h1' },
        plays: [{ name: 'p', hosts: host, become: false, tasks: [write] }],
      },
      {
        inventory,
        check,
        playbookName: `${word}.ts`,
        onEvent: (event) => void events.push(event),
        connect: async ({ name }) => {
          if (deaf && name === 'h1') throw new Error('no route');
          // Each host has processes of its own, and each case hosts of its own.
          const local = rebasedLocal('/run/lock', `${folder}/${name}`, `${APPLIES}-${cases}-${name}`);
          const connection = cut ? cuttable(local, cut) : local;
          // The login user is who runs this; sudo may be missing here.
          return {
            ...connection,
            run: (command, options) =>
              connection.run(command.replace(/sudo -n -H -u '?root'? -- /, ''), options),
          };
        },
      },
    );
    return { result, events };
  }
  interface Options {
    readonly lock?: Lock;
    readonly host?: string;
    /** That the work takes; what is no number makes it fail. */
    readonly seconds?: number | string;
    readonly check?: boolean;
    readonly deaf?: boolean;
    /** Loses the connections to all hosts. */
    readonly cut?: AbortSignal;
  }

  const written = () => readFileSync(log, 'utf8').trim().split('\n');
  const reasons = ({ events }: Started) =>
    events.flatMap((event) => (event.type === 'gate' ? event.reasons : [])).join();
  async function atWork({ events }: Started): Promise<void> {
    for (let i = 0; i < 500 && !events.some(({ type }) => type === 'applying'); i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('keeps a second run out, and says who is at it, where and since when', async () => {
    const first = start('first', { seconds: 3 });
    await atWork(first);
    const second = start('second');
    assert.equal((await second.result).exitCode, 2);
    assert.match(
      reasons(second),
      /\S+@\S+ runs first\.ts \(process \d+\), since 20\d\d-.*free when that run ends/,
    );
    assert.equal((await first.result).exitCode, 0);
    assert.deepEqual(written(), ['first']);
    assert.equal((await start('third').result).exitCode, 0);
    assert.deepEqual(written(), ['first', 'third']);
  });

  /** A run that is lost, as by SIGKILL, while its script on h2 runs on for some seconds. */
  async function lost(seconds: number): Promise<void> {
    const cut = new AbortController();
    const first = start('first', { seconds, cut: cut.signal });
    await atWork(first);
    for (let i = 0; i < 500 && !existsSync(log); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    cut.abort();
    assert.equal((await first.result).exitCode, 4);
  }

  it('is held on while a script of a lost run still runs on a host of the next run, and says which', async () => {
    await lost(4);
    const second = start('second');
    assert.equal((await second.result).exitCode, 2);
    assert.match(
      reasons(second),
      /h2: a script of an earlier run with this lock still runs: "write" of first\.ts, run by \S+@\S+ \(process \d+\), since 20\d\d-\S+; process \d+ on the host; wait .* kill -TERM -\d+/,
    );
    assert.deepEqual(written(), ['first']);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    assert.equal((await start('third').result).exitCode, 0);
    assert.deepEqual(written(), ['first', 'third']);
  });

  it('is held on also by such a script on a host of the lock itself', async () => {
    await lost(4);
    const second = start('second', { lock: { name: 'spec', hosts: 'h1,h2' }, host: 'h3' });
    assert.equal((await second.result).exitCode, 2);
    assert.match(reasons(second), /h2: a script of an earlier run with this lock still runs/);
    assert.deepEqual(written(), ['first']);
  });

  it('is free for runs that have nothing to do with the host of such a script', async () => {
    await lost(3);
    assert.equal((await start('second', { host: 'h3' }).result).exitCode, 0);
    assert.deepEqual(written(), ['first', 'second']);
  });

  it('lets a run with another lock in', async () => {
    const first = start('first', { seconds: 2 });
    await atWork(first);
    const other = start('other', { lock: { name: 'another', hosts: 'h1' }, host: 'h3' });
    assert.equal((await other.result).exitCode, 0);
    await first.result;
    assert.deepEqual(written(), ['first', 'other']);
  });

  it('is free when its run has failed', async () => {
    assert.equal((await start('first', { seconds: 'x' }).result).exitCode, 2);
    assert.equal((await start('second').result).exitCode, 0);
  });

  it('is neither taken nor minded in check mode', async () => {
    const first = start('first', { seconds: 2 });
    await atWork(first);
    const check = start('check', { check: true });
    assert.equal((await check.result).exitCode, 0);
    assert.equal(reasons(check), '');
    await first.result;
    assert.deepEqual(written(), ['first']);
  });

  it('does not hinder where a host of it can not be reached', async () => {
    const played = start('alone', { deaf: true });
    assert.equal((await played.result).exitCode, 0);
    assert.deepEqual(written(), ['alone']);
  });
});
