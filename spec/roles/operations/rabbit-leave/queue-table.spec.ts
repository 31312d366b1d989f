import assert from 'node:assert/strict';
import { queueTitle } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import { tableRows, tableText } from '../../../../roles/operations/rabbit-leave/queue-table.ts';
import { a, b, c, queue } from '../../domain/rabbitmq/views.ts';

const queues = (...list: readonly ReturnType<typeof queue>[]) =>
  new Map(list.map((each) => [queueTitle(each), each]));

describe('the table of queues before and after', () => {
  it('has every queue with its leader, its replicas and those that lag', () => {
    const rows = tableRows(
      queues(queue({ leader: c, online: [b, c] }), queue({ name: 'gone', members: [c], leader: c })),
      queues(queue({ members: [a, b], online: [a, b] }), queue({ name: 'new', leader: null })),
    );
    assert.deepEqual(
      rows.map(({ queue: title, before, after }) => [title, before, after]),
      [
        ['gone', 'c', 'absent'],
        ['new', 'absent', 'nobody: a b c'],
        ['q', 'c: (a) b', 'a: b'],
      ],
    );
  });

  it('is set in columns, and counts what stayed', () => {
    const rows = [{ queue: 'orders', type: 'quorum', before: 'c: a b', after: 'a: b' }];
    assert.equal(
      tableText(rows, 2),
      'queue   type    before  after\norders  quorum  c: a b  a: b\n2 more are as they were',
    );
  });
});
