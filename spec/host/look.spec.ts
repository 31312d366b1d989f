import assert from 'node:assert/strict';
import { FrameReader } from '../../lib/host/frame.ts';
import { Look } from '../../lib/host/look.ts';
import type { BatchResult } from '../../lib/host/shell.ts';
import type { JointProbe, Probe, Reply } from '../../lib/model/fact.ts';
import { defineTask } from '../../lib/model/task.ts';
import { secret } from '../../lib/util/secret.ts';
import { lines, sh } from '../../lib/util/sh.ts';
import { convergeOn, ThingHost, thing, thingType, thingValue } from '../run/things.ts';

/** Many things with one script; an answer with a line too few or too many fits nobody. */
const manyThings: JointProbe = {
  name: 'things',
  script: (items) => lines(sh`: all`, ...items.map(([name = '']) => sh`get ${name}`)),
  split({ code, stdout, stderr }, items) {
    const rows = stdout.split('\n');
    return rows.length === items.length ? rows.map((row) => ({ code, stdout: row, stderr })) : undefined;
  },
};
const others: JointProbe = { ...manyThings, name: 'others' };

const plain = (name: string, as?: string): Probe => ({ script: sh`get ${name}`, as });
const joint = (name: string, as?: string, probe = manyThings): Probe => ({
  ...plain(name, as),
  joint: { probe, item: [name] },
});
const sent = ({ parts }: Look) =>
  parts.map(({ id, as, script }) => `${id}${as ? ` as ${as}` : ''}: ${script}`.replaceAll('\n', '; '));
const reply = (stdout: string): Reply => ({ code: 0, stdout, stderr: '' });

/** What a batch said: scripts that ended, by id, and one that was cut short. */
function said(
  answers: Readonly<Record<string, string>>,
  cut?: { readonly id: string; readonly ending: 'late' | 'died' },
): BatchResult {
  const frames = new FrameReader('mark', () => {});
  const mark = (words: string) => {
    for (const stream of ['stdout', 'stderr'] as const) frames.push(stream, Buffer.from(`\nmark ${words}\n`));
  };
  for (const [id, stdout] of Object.entries(answers)) {
    mark(`begin ${id}`);
    frames.push('stdout', Buffer.from(stdout));
    mark(`end ${id} 0`);
  }
  if (cut) mark(`begin ${cut.id}`);
  mark(`over ${cut ? 124 : 0}`);
  return { frames, ending: cut?.ending ?? 'done' };
}

describe('Look', () => {
  it('asks the same thing of the same user once, and answers everybody', () => {
    const look = new Look([plain('a'), plain('b'), plain('a'), plain('a', 'bob')]);
    assert.deepEqual(sent(look), ['0: get a', '1: get b', '2 as bob: get a']);
    look.read(said({ '0': 'A', '1': 'B', '2': 'bobs' }));
    assert.deepEqual(look.answers, ['A', 'B', 'A', 'bobs'].map(reply));
  });

  it('takes scripts that differ in a secret only for different ones', () => {
    const look = new Look([{ script: sh`login ${secret('one1')}` }, { script: sh`login ${secret('two2')}` }]);
    assert.equal(look.parts.length, 2);
  });

  it('asks nothing that is known', () => {
    const known = new Map<string, Reply>();
    const first = new Look([plain('a'), joint('b'), joint('c')], (key) => known.get(key));
    for (const [key, answer] of first.read(said({ '0': 'A', '1': 'B\nC' }))) known.set(key, answer);
    assert.equal(known.size, 3);

    const again = new Look([joint('c'), plain('a'), plain('b')], (key) => known.get(key));
    assert.deepEqual(again.parts, []);
    assert.deepEqual(again.answers, ['C', 'A', 'B'].map(reply));

    const more = new Look([joint('d'), joint('c'), joint('e')], (key) => known.get(key));
    assert.deepEqual(sent(more), ['0: : all; get d; get e']);
    more.read(said({ '0': 'D\nE' }));
    assert.deepEqual(more.answers, ['D', 'C', 'E'].map(reply));

    const others = new Look([joint('b', 'bob')], (key) => known.get(key));
    assert.deepEqual(sent(others), ['0 as bob: get b']);
  });

  it('puts what can be asked together into one script for each kind and user', () => {
    const look = new Look([
      joint('a'),
      plain('x'),
      joint('b', 'bob'),
      joint('c'),
      joint('d', undefined, others),
      joint('e', 'bob'),
      joint('f', undefined, others),
      joint('a'),
    ]);
    assert.deepEqual(sent(look), [
      '0: : all; get a; get c',
      '1: get x',
      '2 as bob: : all; get b; get e',
      '3: : all; get d; get f',
    ]);
    look.read(said({ '0': 'A\nC', '1': 'X', '2': 'B\nE', '3': 'D\nF' }));
    assert.deepEqual(look.answers, ['A', 'X', 'B', 'C', 'D', 'E', 'F', 'A'].map(reply));
  });

  it('asks one that is alone of its kind with its own probe', () => {
    const look = new Look([joint('a'), joint('b', 'bob'), joint('a')]);
    assert.deepEqual(sent(look), ['0: get a', '1 as bob: get b']);
    // Its own probe's answer may be anything: nothing is split.
    look.read(said({ '0': 'A\nand more', '1': 'B' }));
    assert.deepEqual(look.answers, ['A\nand more', 'B', 'A\nand more'].map(reply));
  });

  it('leaves all of a kind unanswered when the answer does not fit', () => {
    const look = new Look([joint('a'), joint('b'), plain('x')]);
    const replies = look.read(said({ '0': 'only one', '1': 'X' }));
    assert.deepEqual(look.answers, [undefined, undefined, reply('X')]);
    assert.deepEqual([...replies.values()], [reply('X')], 'what does not fit is not to be remembered');
  });

  it('tells everybody whose script was cut short, and nobody else', () => {
    for (const [ending, told] of [
      ['late', 'timeout'],
      ['died', 'died'],
    ] as const) {
      const look = new Look([plain('x'), joint('a'), joint('b'), plain('z')]);
      const replies = look.read(said({ '0': 'X' }, { id: '1', ending }));
      assert.deepEqual(look.answers, [reply('X'), told, told, undefined]);
      assert.equal(replies.size, 1);
    }
  });
});

describe('a task that was asked together with its like', () => {
  const together = defineTask({
    ...thingType,
    fact: ({ name }) => thingValue(name, sh`get ${name}`, { probe: manyThings, item: [name] }),
  });
  const tasks = ['t1', 't2', 't3'].map((name) => together({ name, value: 'new' }));
  const settled = { t1: 'new', t2: 'new', t3: 'new' };
  const isJoint = (code: string) => code.startsWith(': all');

  it('is told what it would be told alone', async () => {
    const host = new ThingHost({ ...settled, t2: 'old' });
    const { summary } = await convergeOn(host, tasks);
    assert.deepEqual(summary, ['t1 ok', 't2 changed', 't3 ok']);
    assert.deepEqual(host.sent(0), ['0:: all\nget t1\nget t2\nget t3']);
    assert.deepEqual(host.sent(1), ['apply:set -eu\nput t2 new', '0:: all\nget t2\nget t3']);
  });

  for (const [what, doing] of [
    ['took too long', 'HANG'],
    ['ended its shell', 'DIE'],
    ['made no sense', 'something else'],
  ] as const) {
    it(`is asked alone when that ${what}`, async () => {
      const host = new ThingHost(settled, ({ code }) => (isJoint(code) ? doing : undefined));
      const { summary } = await convergeOn(host, tasks);
      assert.deepEqual(summary, ['t1 ok', 't2 ok', 't3 ok']);
      const alone = host.batches
        .flatMap(({ parts }) => parts.map(({ code }) => code))
        .filter((c) => !isJoint(c));
      assert.deepEqual([...new Set(alone)], ['get t1', 'get t2', 'get t3']);
    });

    it(`is asked alone when that ${what}, also by a check that foresees changes`, async () => {
      const host = new ThingHost(settled, ({ code }) => (isJoint(code) ? doing : undefined));
      const before = thing({ name: 't0', value: 'new' });
      const { summary } = await convergeOn(host, [before, ...tasks], { check: true });
      assert.deepEqual(summary, ['t0 changed', 't1 ok', 't2 ok', 't3 ok']);
    });
  }
});
