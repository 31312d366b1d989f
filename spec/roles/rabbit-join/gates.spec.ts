import assert from 'node:assert/strict';
import type { Gate, GateContext } from '../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../lib/run/handoffs.ts';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { oneCluster } from '../../../roles/rabbit-join/index.ts';
import { answer, down, known as knownHost, running, user } from '../domain/rabbitmq/nodes.ts';

const [a, b, c, x] = ['rabbit@a', 'rabbit@b', 'rabbit@c', 'rabbit@x'];
const [canJoin, whole, wholeAfter] = oneCluster as readonly [Gate, Gate, Gate];

interface Case {
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Hosts of this run, all by default. */
  readonly next?: readonly string[];
  /** Hosts of the play that do not answer. */
  readonly silent?: readonly string[];
}

function contextOf(
  nodes: () => Readonly<Record<string, Snapshot>>,
  { vars = {}, next, silent = [] }: Case = {},
): { readonly context: GateContext; asked(): number } {
  let asked = 0;
  // As a session has it: one answer for all that ask the same, unless they want a fresh one.
  const known = new Set<string>();
  const hosts = [...Object.keys(nodes()), ...silent].sort().map((name) => knownHost(name, name, vars));
  return {
    asked: () => asked,
    context: {
      moment: 'before',
      ...handoffContext(new Handoffs()),
      check: false,
      playHosts: hosts,
      next: hosts.filter(({ name }) => next === undefined || next.includes(name)),
      group: () => hosts,
      query: async (all, { script, fresh, parse }) => {
        if (fresh || !known.has(script.reveal())) asked += 1;
        known.add(script.reveal());
        return new Map(
          all.flatMap(({ name }) => {
            const node = nodes()[name];
            return node ? [[name, parse(answer(node))] as const] : [];
          }),
        );
      },
    },
  };
}

const refusals = async (nodes: Readonly<Record<string, Snapshot>>, given?: Case) =>
  canJoin.check(contextOf(() => nodes, given).context);
const data = { queues: 2, users: [user('guest', 'guest'), user('app', 'x')] };
const blank = { a: running('a'), b: down('b', [], 0, false) };

describe('the gate before brokers become one cluster', () => {
  it('holds for fresh hosts, for one with data, for members, and while nobody answers', async () => {
    assert.deepEqual(await refusals({ ...blank, c: running('c') }), []);
    assert.deepEqual(await refusals({ ...blank, c: running('c', data) }), []);
    const pair = { members: [a, b] };
    assert.deepEqual(await refusals({ a: running('a', pair), b: down('b', [a, b], 9), c: running('c') }), []);
    assert.deepEqual(await refusals({}, { silent: ['a', 'b'] }), []);
  });

  it('does not judge what is stopped and may be blank: the run starts it and looks again', async () => {
    assert.deepEqual(await refusals({ a: running('a', data), b: down('b', [b]), c: running('c') }), []);
    // With Khepri a member's disk does not say that it is one.
    const pair = { members: [a, b], up: [a] };
    assert.deepEqual(await refusals({ a: running('a', pair), b: down('b', [b], 4) }), []);
  });

  it('does not hold for two with data: both are named, then the ways out, the loss of data last', async () => {
    const [what = '', seed = '', move = '', loss = '', ...more] = await refusals({
      a: running('a', data),
      b: running('b'),
      c: down('c', [c], 3),
    });
    assert.match(
      what,
      /^a \(a cluster of one with 2 queues, 1 user\) and c \(not running, with 3 queues on disk\)/,
    );
    assert.match(seed, /rabbit_seed: a or rabbit_seed: c$/);
    assert.match(move, /take that host out of the group/);
    assert.match(loss, /lost: -e '\{"rabbit_allow_data_loss": \["a"\]\}' or -e .*\["c"\]/);
    assert.deepEqual(more, []);
  });

  it('does not hold for the other one either when rabbit_seed names one, unless its data may be destroyed', async () => {
    const two = { a: running('a', data), b: running('b'), c: running('c', data) };
    const named = { vars: { rabbit_seed: 'c' } };
    const [what = '', ...ways] = await refusals(two, named);
    assert.match(what, /^c \(.*\) and a \(.*\) are clusters of their own/);
    assert.ok(!ways.join().includes('rabbit_seed'));
    const allowed = { rabbit_seed: 'c', rabbit_allow_data_loss: ['a'] };
    assert.deepEqual(await refusals(two, { vars: allowed }), []);
    // A run that leaves it alone is none of its business.
    assert.deepEqual(await refusals(two, { ...named, next: ['b', 'c'] }), []);
  });

  it('does not hold beside a cluster with members, nor for a member of another one', async () => {
    const pair = { members: [a, b] };
    const two = { a: running('a', pair), b: running('b', pair) };
    assert.match((await refusals({ ...two, c: running('c', data) }))[0] ?? '', /^a \(a cluster of 2\) and c/);
    assert.match(
      (await refusals({ ...two, c: running('c', { members: [c, x] }) }))[0] ?? '',
      /^c is a member of another cluster \(a cluster with rabbit@x\)/,
    );
    const named = { vars: { rabbit_seed: 'c' } };
    assert.equal((await refusals({ ...two, c: running('c', data) }, named)).length, 2, 'a and b are foreign');
  });

  it('does not hold when the founder is stopped and no part of the run', async () => {
    const [reason = ''] = await refusals({ ...blank, c: down('c', [c], 1) }, { next: ['a', 'b'] });
    assert.match(reason, /^the others join c, which does not run and is not part of this run/);
    assert.deepEqual(await refusals({ ...blank, c: down('c', [c], 1) }), []);
  });
});

describe('the gates for a whole cluster', () => {
  const three = { members: [a, b, c] };
  const all = { a: running('a', three), b: running('b', three), c: running('c', three) };
  const odd = { ...all, c: running('c', { ...three, users: [user('guest', 'old')] }) };
  const stopped = {
    a: running('a', { ...three, up: [a, b] }),
    b: running('b', { ...three, up: [a, b] }),
    c: down('c', [a, b, c]),
  };

  it('are asked before and after, and only after wait for a minute', () => {
    assert.deepEqual(
      oneCluster.map(({ at, within = 0 }) => [at, within]),
      [
        [['before'], 0],
        [['before'], 10],
        [['after'], 60],
      ],
    );
  });

  it('share one question before, and ask anew what does not please', async () => {
    const good = contextOf(() => all);
    assert.deepEqual([await canJoin.check(good.context), await whole.check(good.context)], [[], []]);
    assert.equal(good.asked(), 1);
    let now: Readonly<Record<string, Snapshot>> = odd;
    const { context } = contextOf(() => now);
    assert.match((await wholeAfter.check(context)).join(), /password of guest/);
    now = all;
    assert.deepEqual(await wholeAfter.check(context), []);
  });

  it('leave to the run what it starts, and nothing of that afterwards', async () => {
    assert.deepEqual(await whole.check(contextOf(() => stopped).context), []);
    const limited = contextOf(() => stopped, { next: ['a'] });
    assert.match((await whole.check(limited.context)).join(), /rabbit@c is a member and does not run/);
    const after = { ...contextOf(() => stopped).context, moment: 'after', next: [] } as const;
    assert.match((await wholeAfter.check(after)).join(), /rabbit@c is a member and does not run/);
  });

  it('leave out a host that does not answer', async () => {
    const { c: _, ...rest } = stopped;
    assert.deepEqual(await wholeAfter.check(contextOf(() => rest, { silent: ['c'] }).context), []);
  });
});
