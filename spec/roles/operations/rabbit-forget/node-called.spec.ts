import assert from 'node:assert/strict';
import type { Evidence } from '../../../../roles/domain/rabbitmq/facts/evidence.ts';
import { nodeCalled } from '../../../../roles/operations/rabbit-forget/index.ts';

const disk = { members: ['rabbit@a', 'rabbit@b.example'] } as unknown as Evidence;

describe('the node that is to be forgotten', () => {
  const called = (name: string) => nodeCalled(name, new Map([['a', disk]]), []);

  it('is meant by its name or by its host', () => {
    assert.equal(called('rabbit@a'), 'rabbit@a');
    assert.equal(called('b.example'), 'rabbit@b.example');
  });

  it('is nobody when no member has that name', () => {
    assert.equal(called('b'), undefined);
    assert.equal(called('rabbit@c'), undefined);
  });
});
