import assert from 'node:assert/strict';
import { defineTask, type Pending } from '../../lib/model/task.ts';
import { sh } from '../../lib/util/sh.ts';
import { Site } from './site.ts';
import { thing } from './things.ts';

describe('what is foreseen of a task on another host', () => {
  const check = { check: true };
  const x = thing({ name: 'x', value: 'new' });
  const xOn9 = thing({ name: 'x', value: 'new' }, { on: 'h9' });
  const y = thing({ name: 'y', value: 'new' });
  const yOn9 = thing({ name: 'y', value: 'new' }, { on: 'h9' });
  const on1 = (...tasks: readonly ReturnType<typeof thing>[]) => ({ hosts: 'h1', tasks });
  const on9 = (...tasks: readonly ReturnType<typeof thing>[]) => ({ hosts: 'h9', tasks });
  /** `host task status`, in check mode. */
  const foreseen = async (site: Site, ...plays: Parameters<Site['run']>[0]) =>
    (await site.run(plays, check)).tasks.map(({ host, task, status }) => `${host} ${task} ${status}`);
  /** Thing y of a host makes no sense. */
  const senseless = (where: string) =>
    new Site((host, { code }) =>
      host === where && code.includes('get y') ? { code: 1, stderr: 'no' } : undefined,
    );

  it("counts for that host's own tasks, and theirs for it", async () => {
    assert.deepEqual(await foreseen(new Site(), on1(xOn9), on9(x)), ['h1 x (on h9) would change', 'h9 x ok']);
    assert.deepEqual(await foreseen(new Site(), on9(x), on1(xOn9)), ['h9 x would change', 'h1 x (on h9) ok']);
  });

  it('does not count for the host that has it', async () => {
    assert.deepEqual(await foreseen(new Site(), on1(xOn9, x)), [
      'h1 x (on h9) would change',
      'h1 x would change',
    ]);
    assert.deepEqual(await foreseen(new Site(), on1(x, xOn9)), [
      'h1 x would change',
      'h1 x (on h9) would change',
    ]);
  });

  it('is what a run then does, when several hosts want the same there', async () => {
    const plays = [{ hosts: 'web', tasks: [xOn9] }];
    const statuses = async (options: object) =>
      (await new Site().run(plays, options)).tasks.map(({ status }) => status).sort();
    assert.deepEqual(await statuses(check), ['ok', 'ok', 'would change']);
    assert.deepEqual(await statuses({}), ['changed', 'ok', 'ok']);
  });

  it('lets what builds on it there wait', async () => {
    assert.deepEqual(await foreseen(senseless('h9'), on1(xOn9), on9(y)), [
      'h1 x (on h9) would change',
      'h9 y unknown',
    ]);
    assert.deepEqual(await foreseen(senseless('h9'), on9(x), on1(yOn9)), [
      'h9 x would change',
      'h1 y (on h9) unknown',
    ]);
  });

  it('lets what comes later in the order of its own host wait, too', async () => {
    assert.deepEqual(await foreseen(senseless('h1'), on1(xOn9, y)), [
      'h1 x (on h9) would change',
      'h1 y unknown',
    ]);
    assert.deepEqual(await foreseen(senseless('h9'), on1(x, yOn9)), [
      'h1 x would change',
      'h1 y (on h9) unknown',
    ]);
    assert.deepEqual(await foreseen(senseless('h3'), on1(xOn9), { hosts: 'h3', tasks: [y] }), [
      'h1 x (on h9) would change',
      'h3 y failed',
    ]);
  });

  it('is told to the types of tasks there alone', async () => {
    const seen: string[] = [];
    const look = defineTask<string, null>({
      name: 'look',
      title: (name) => name,
      fact: (name) => ({ name, script: sh`get ${name}`, parse: () => null }),
      diff(_state, name, pending: readonly Pending[]) {
        seen.push(`${name}: ${pending.map(({ claims }) => Object.keys(claims).join()).join()}`);
        return [];
      },
      apply: () => sh`:`,
    });
    await foreseen(new Site(), on1(x, yOn9, look('a'), look('b', { on: 'h9' })));
    assert.deepEqual([...new Set(seen)], ['a: thing x', 'b: thing y']);
  });
});

describe('a task on another host, in a run', () => {
  it('is looked at again when a task of that host changed something meanwhile', async () => {
    const site = new Site();
    const tasks = ({ name }: { readonly name: string }) =>
      name === 'h1'
        ? [thing({ name: 'x', value: 'new' }, { on: 'h2' })]
        : [thing({ name: 'x', value: 'new' })];
    const result = await site.run([{ hosts: 'h1,h2', tasks }]);
    assert.deepEqual(result.tasks.map(({ status }) => status).sort(), ['changed', 'ok']);
    assert.equal(site.host('h2').applied.length, 1);
  });
});
