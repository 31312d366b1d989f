import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../lib/events.ts';
import { action, type Lock, sh } from '../../lib/index.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { type RunResult, run } from '../../lib/run/run.ts';
import { rebasedLocal } from '../host/hosts.ts';

const inventory = parseInventory('all: {children: {web: {hosts: {h1: , h2: }}}}', 'hosts.yml');

describe('the lock of a playbook', () => {
  let folder: string;
  let log: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-lock-'));
    log = join(folder, 'log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  interface Started {
    readonly result: Promise<RunResult>;
    readonly events: RunEvent[];
  }

  /** Starts a run that writes `word` into the log, on hosts that share this machine's file system. */
  function start(word: string, { lock, seconds = 0, check = false, deaf = false }: Options = {}): Started {
    const events: RunEvent[] = [];
    const write = action({ title: 'write', run: sh`echo ${word} >>${log}; sleep ${seconds}` });
    const result = run(
      {
        lock: lock ?? { name: 'spec', hosts: 'h1' },
        plays: [{ name: 'p', hosts: 'h2', become: false, tasks: [write] }],
      },
      {
        inventory,
        check,
        playbookName: `${word}.ts`,
        onEvent: (event) => void events.push(event),
        connect: async ({ name }) => {
          if (deaf && name === 'h1') throw new Error('no route');
          const connection = rebasedLocal('/run/lock', `${folder}/${name}`);
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
    /** That the work takes; what is no number makes it fail. */
    readonly seconds?: number | string;
    readonly check?: boolean;
    readonly deaf?: boolean;
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

  it('lets a run with another lock in', async () => {
    const first = start('first', { seconds: 2 });
    await atWork(first);
    const other = start('other', { lock: { name: 'another', hosts: 'h1' } });
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
