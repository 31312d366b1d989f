import assert from 'node:assert/strict';
import { action, type Gate, type Play, sh } from '../../../../lib/index.ts';
import { rabbitRestart, rollOver } from '../../../../roles/operations/rabbit-restart/index.ts';
import { knownHost } from '../../../known-host.ts';

const gate: Gate = { name: 'the way is open', check: () => [] };
const task = action({ title: 'fetch', run: sh`:` });

/** What a play's `undo` does for a broker: each task with the host it is done on. */
function undone({ undo }: Play) {
  assert.ok(typeof undo === 'function');
  const tasks = undo({ ...knownHost('b1'), vars: {} });
  return tasks.map(({ type, options }) => `${type} on ${options.on ?? 'b1'}`);
}

describe('the playbook of a roll', () => {
  const groups = new Map([['proxies', ['p1', 'p2']]]);
  const { lock, plays } = rollOver(
    { groups },
    { first: { tasks: [task] }, gates: [gate], roles: [rabbitRestart()], last: { tasks: [task] } },
  );
  const [first, roll, last] = plays;

  it('keeps others out, and mends before it begins', () => {
    assert.deepEqual(lock, { name: 'rabbitmq', hosts: 'brokers' });
    assert.deepEqual(
      plays.map(({ hosts, become }) => [hosts, become]),
      [1, 2, 3].map(() => ['brokers', true]),
    );
    assert.deepEqual([first?.roles?.map(({ name }) => name), first?.tasks], [['rabbit-mend'], [task]]);
    assert.deepEqual(last?.tasks, [task]);
  });

  it('goes from broker to broker, through its own gates first', () => {
    assert.equal(roll?.serial, 1);
    assert.deepEqual(
      roll?.roles?.map(({ name }) => name),
      ['rabbit-restart'],
    );
    assert.equal(roll?.gates?.[0], gate);
    assert.ok((roll?.gates?.length ?? 0) > 1);
  });

  it('undoes what it did on the broker and on every proxy', () => {
    assert.ok(roll);
    assert.deepEqual(undone(roll), [
      'put-back on p1',
      'put-back on p2',
      'put-back on b1',
      'put-back-broker on b1',
      'put-back on b1',
    ]);
  });
});
