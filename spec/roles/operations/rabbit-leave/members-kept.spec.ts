import assert from 'node:assert/strict';
import type { Health } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import {
  membersKeptType,
  membersReady,
  replacements,
} from '../../../../roles/operations/rabbit-leave/members-kept.ts';
import { packed } from '../../domain/rabbitmq/packed.ts';
import { a, b, c, health, queue } from '../../domain/rabbitmq/views.ts';

const [d, e] = ['rabbit@d', 'rabbit@e'];

/** Where queues get a member when c leaves a cluster of these nodes. */
const planned = (nodes: readonly string[], queues: Health['queues'], over: Partial<Health> = {}) =>
  replacements(health({ members: nodes, up: nodes, queues, ...over }), c).map(
    ({ queue: { name }, node }) => `${name} on ${node}`,
  );
const four = [a, b, c, d];
const five = [...four, e];

describe('what a queue is given before a member of it leaves', () => {
  it('is a member on a node that has none, for quorum queues and streams', () => {
    const queues = [queue(), queue({ name: 'log', type: 'stream' }), queue({ name: 'm', type: 'classic' })];
    assert.deepEqual(planned(four, queues), ['q on rabbit@d', 'log on rabbit@d']);
  });

  it('is nothing where no other node is, or none that serves', () => {
    assert.deepEqual(planned([a, b, c], [queue()]), []);
    assert.deepEqual(planned(four, [queue()], { up: [a, b, c] }), []);
    assert.deepEqual(planned(four, [queue()], { draining: [d] }), []);
  });

  it('is nothing for a queue that has no member there', () => {
    assert.deepEqual(planned(four, [queue({ members: [a, b, d] })]), []);
    assert.deepEqual(planned(four, null), []);
  });

  it('leaves alone what survives as much without it', () => {
    assert.deepEqual(planned(five, [queue({ members: four })]), []);
    assert.deepEqual(planned(five, [queue({ members: five })]), []);
  });

  it('goes by the size that is asked for, as far as nodes go round', () => {
    assert.deepEqual(planned(five, [queue({ target: 5 })]), ['q on rabbit@d']);
    assert.deepEqual(planned([...five, 'rabbit@f'], [queue({ target: 5 })]), [
      'q on rabbit@d',
      'q on rabbit@e',
      'q on rabbit@f',
    ]);
    assert.deepEqual(planned(five, [queue({ target: 1 })]), []);
  });

  it('is spread over the nodes', () => {
    const queues = ['1', '2', '3'].map((name) => queue({ name }));
    assert.deepEqual(planned(five, queues), ['1 on rabbit@d', '2 on rabbit@e', '3 on rabbit@d']);
  });

  it('is done once, also by a run that goes on where another was killed', () => {
    const want = { node: c };
    const state = membersKeptType
      .fact(want)
      .parse(packed(health({ members: five, up: five, queues: [queue()] })));
    assert.deepEqual(membersKeptType.diff(state, want, []), [{ what: 'q', to: 'a member on rabbit@d' }]);
    assert.match(
      String(membersKeptType.apply(want, [], state)),
      /rabbitmq-queues -q add_member -p \/ q rabbit@d/,
    );
    const after = { ...state, queues: [queue({ members: four })] };
    assert.deepEqual(membersKeptType.diff(after, want, []), []);
    assert.throws(
      () => membersKeptType.fact(want).parse(packed(health({ queues: null }))),
      /could not be listed/,
    );
  });

  it('is waited for until it has what its leader has; mirrors are not', () => {
    const share = { vhost: '/', leader: a, member: true, waits: true };
    const waits = (type: string, ready: boolean) =>
      membersReady(d).assess(
        packed({ node: d, up: four, queues: [{ ...share, name: 'q', type, ready }] }),
        [],
      ).changes.length > 0;
    assert.deepEqual(
      [waits('quorum', false), waits('stream', false), waits('quorum', true), waits('mirrored', false)],
      [true, true, false, false],
    );
  });
});
