import assert from 'node:assert/strict';
import { clusterProblems, lossOf, pausedBy } from '../../../../../roles/domain/rabbitmq/rules/safety.ts';
import { a, b, c, health, queue } from '../views.ts';

const d = 'rabbit@d';

describe('what would be unsafe', () => {
  it('is nothing in a calm cluster', () => {
    assert.deepEqual(clusterProblems([health()]), []);
    assert.deepEqual(lossOf(health({ queues: [queue()] }), [b]), []);
  });

  it('is to go on without an answer, in a partition, with a node down or with an alarm', () => {
    assert.deepEqual(clusterProblems([]), ['no broker answers']);
    assert.deepEqual(clusterProblems([health({ partitions: [b] })]), [
      `${a} is cut off from ${b}: a network partition`,
    ]);
    assert.deepEqual(clusterProblems([health({ up: [a, c] })]), [`${b} is down`]);
    assert.deepEqual(clusterProblems([health({ up: [a, c] })], [b]), []);
    assert.deepEqual(clusterProblems([health({ alarms: [{ what: 'disk', node: c }] })]), [
      `${c} has an alarm: disk`,
    ]);
    assert.deepEqual(
      clusterProblems([health(), health({ node: b, partitions: [a] })]).length,
      1,
      'every view counts',
    );
  });

  it("is to lose the cluster's majority", () => {
    assert.deepEqual(lossOf(health({ up: [a, b] }), [b]), ['only 1 of 3 nodes would be left: no majority']);
    assert.equal(lossOf(health({ members: [a, b], up: [a, b] }), [b]).length, 1);
    assert.deepEqual(lossOf(health({ members: [a, b, c, d], up: [a, b, c, d] }), [d]), []);
  });

  it("is to lose a queue's quorum, whoever leads it", () => {
    const thin = queue({ online: [a, b] });
    assert.deepEqual(lossOf(health({ queues: [thin] }), [b]), [
      'quorum queue q would have 1 of 3 members left, and needs 2',
    ]);
    assert.deepEqual(
      lossOf(health({ queues: [thin] }), [c]),
      [],
      'the one that is away already costs nothing',
    );
    assert.equal(lossOf(health({ queues: [queue({ type: 'stream', online: [a, b] })] }), [a]).length, 1);
    assert.equal(
      lossOf(health({ queues: [queue({ members: [b], online: [b] })] }), [b]).length,
      1,
      'a quorum of one',
    );
  });

  it('is to lose the last synchronised mirror, not an unmirrored queue that comes back with its node', () => {
    const mirrored = queue({ type: 'classic', members: [a, b], online: [a] });
    assert.deepEqual(lossOf(health({ queues: [mirrored] }), [a]), [
      'classic queue q would have no synchronised mirror left',
    ]);
    assert.deepEqual(lossOf(health({ queues: [mirrored] }), [b]), []);
    const alone = queue({ type: 'classic', members: [a], online: [a] });
    assert.deepEqual(lossOf(health({ queues: [alone] }), [a]), []);
    assert.deepEqual(pausedBy(health({ queues: [alone] }), [a]), [alone]);
    assert.deepEqual(pausedBy(health({ queues: [{ ...alone, exclusive: true }] }), [a]), []);
  });

  it('is not to know the queues', () => {
    assert.deepEqual(lossOf(health({ queues: null }), [a]), ['the queues could not be listed']);
  });
});
