import assert from 'node:assert/strict';
import { growthExpression } from '../../../../../roles/domain/rabbitmq/erlang/growth-expression.ts';
import {
  type Growth,
  leadsTooLittle,
  listed,
  parseGrowth,
  type Share,
  synchronised,
  withoutMember,
} from '../../../../../roles/domain/rabbitmq/facts/growth.ts';
import { membersType } from '../../../../../roles/operations/rabbit-grow/tasks.ts';
import { packed } from '../packed.ts';

const share = (over: Partial<Share> = {}): Share => ({
  vhost: '/',
  name: 'q',
  type: 'quorum',
  leader: 'a',
  member: true,
  ready: true,
  waits: true,
  ...over,
});
const growth = (queues: readonly Share[]): Growth => ({ node: 'd', up: ['a', 'b', 'd'], queues });
const newcomer = { member: false, ready: false, waits: false };

describe('the part a new node has of the queues', () => {
  it('is read from the answer of a broker, which has to be one', () => {
    const reply = packed(growth([share()]));
    assert.deepEqual(parseGrowth(reply), growth([share()]));
    assert.throws(() => parseGrowth({ ...reply, stdout: '' }), /did not say which queues/);
  });

  it('lacks a member of the quorum queues and streams that have none on it, and no mirror', () => {
    const queues = [
      share(),
      share({ name: 'new', vhost: 'v', ...newcomer }),
      share({ type: 'mirrored', ...newcomer }),
      share({ name: 'lost', leader: 'forgotten', ...newcomer }),
      share({ name: 'log', type: 'stream', ...newcomer }),
    ];
    assert.deepEqual(
      withoutMember(growth(queues)).map(({ name }) => name),
      ['new', 'log'],
    );
    assert.deepEqual(membersType.diff(growth(queues), { node: 'd' }, []), [
      { what: 'new (vhost v)', to: 'a member on d' },
      { what: 'log', to: 'a member on d' },
    ]);
  });

  it('is waited for until every replica that gets there by itself has all of its queue', () => {
    assert.equal(synchronised(growth([share(), share({ ready: false, waits: false })])), true);
    assert.equal(
      synchronised(growth([share(), share({ name: 'late', ready: false })])),
      'd has not all of late',
    );
  });

  it('is led by others until a rebalance, when they lead too much that could be here', () => {
    const three = ['1', '2', '3'].map((name) => share({ name }));
    assert.equal(leadsTooLittle(growth(three)), true);
    assert.equal(
      leadsTooLittle(growth(three.map((queue) => ({ ...queue, ...newcomer })))),
      true,
      'about to be here',
    );
    const manual = three.map((queue) => ({ ...queue, ...newcomer, type: 'mirrored' as const }));
    assert.equal(leadsTooLittle(growth(manual)), false, 'nothing of it can be here');
    assert.equal(leadsTooLittle(growth([...three, share({ leader: 'd' })])), false, 'it leads something');
    assert.equal(leadsTooLittle(growth([share(), share({ leader: 'b' })])), false, 'nobody leads too much');
    assert.equal(leadsTooLittle(growth([])), false);
    const streams = three.map((queue) => ({ ...queue, type: 'stream' as const }));
    assert.equal(leadsTooLittle(growth(streams)), false, 'a rebalance moves no stream');
  });

  it('is told by a few names', () => {
    const many = ['1', '2', '3', '4', '5', '6', '7'].map((name) => share({ name }));
    assert.equal(listed(many), '1, 2, 3, 4, 5 and 2 more');
  });

  it('never takes a node name for code', () => {
    assert.match(growthExpression('rabbit@a-1.example'), /list_to_atom\("rabbit@a-1\.example"\)/);
    assert.match(growthExpression('x"), halt(). %'), /list_to_atom\("xhalt\."\)/);
  });
});
