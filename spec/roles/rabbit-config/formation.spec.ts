import assert from 'node:assert/strict';
import type { Reply } from '../../../lib/index.ts';
import { founderView } from '../../../roles/domain/rabbitmq/rules/founding-node.ts';
import { blank, discovered } from '../../../roles/rabbit-config/formation.ts';
import { answer, down, running, user } from '../domain/rabbitmq/nodes.ts';

const seed = running('a');
const want = { host: 'b', seed: founderView(seed), harmlessUsers: ['guest', 'admin'] };
const both = { members: ['rabbit@a', 'rabbit@b'], up: ['rabbit@a', 'rabbit@b'] };
const whats = (make: typeof blank, reply: Reply) =>
  make(want)
    .assess(reply, [])
    .changes.map(({ what }) => what);

describe('formation by peer discovery', () => {
  it('has an empty broker start for the first time, and no other', () => {
    assert.deepEqual(whats(blank, answer(running('b'))), ['database']);
    assert.deepEqual(whats(blank, answer(running('b', both))), []);
    assert.deepEqual(whats(blank, answer(seed)), []);
    assert.deepEqual(whats(blank, answer(down('b', [], 0, false))), []);
  });

  it('refuses a broker that holds something', () => {
    for (const told of [
      { queues: 1 },
      { users: [user('guest', 'x'), user('app', 'x')] },
      { vhosts: ['/', 'v'] },
    ]) {
      assert.throws(
        () => whats(blank, answer(running('b', told))),
        /b can't be made.*cluster of one with 1.*rabbit-join/,
      );
    }
    assert.throws(() => whats(blank, answer(down('b', ['rabbit@b'], 2))), /hold nothing/);
  });

  it('puts aside and deletes nothing', () => {
    const script = blank(want)
      .assess(answer(running('b')), [])
      .apply()
      .script.reveal();
    assert.match(script, /mv .*\$aside/);
    assert.ok(!script.includes('rm '));
  });

  it('goes on where a run was killed', () => {
    assert.deepEqual(whats(discovered, answer(down('b', [], 0, false))), ['membership']);
    assert.deepEqual(whats(discovered, answer(running('b', both))), []);
    assert.deepEqual(whats(discovered, answer(seed)), []);
  });

  it('takes turns, and is what the role rabbit-join would find done', () => {
    const task = discovered(want);
    assert.equal(task.options.oneAtATime, 'rabbit-discovery');
    assert.deepEqual(task.claims, { 'rabbitmq membership': 'rabbit@a disc' });
  });
});
