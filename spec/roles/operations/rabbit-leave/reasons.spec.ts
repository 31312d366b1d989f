import assert from 'node:assert/strict';
import { reasonsAgainst } from '../../../../roles/operations/rabbit-leave/reasons.ts';
import { appStopped } from '../../domain/rabbitmq/nodes.ts';
import { a, b, c, health, queue } from '../../domain/rabbitmq/views.ts';
import { dead, leaver, stopped } from './leavers.ts';

const both = [health(), health({ node: b })];
/** The first view with a difference; the reasons against the living third node's leave. */
const against = (over: Parameters<typeof health>[0], lose: readonly string[] = []) =>
  reasonsAgainst([health(over), health({ node: b, ...over })], leaver(), lose);

describe('reasons against a leave', () => {
  it('are none in a calm cluster whose queues are whole, alive or dead', () => {
    assert.deepEqual(against({ queues: [queue(), queue({ type: 'classic' })] }), []);
    const without = { up: [a, b], queues: [queue({ online: [a, b] })] };
    for (const gone of [dead, stopped]) assert.deepEqual(reasonsAgainst([health(without)], gone), []);
  });

  it('are none when it has left already, whatever else is wrong', () => {
    const left = leaver({ member: false, up: false });
    assert.deepEqual(reasonsAgainst([health({ alarms: [{ what: 'disk', node: a }] })], left), []);
    assert.deepEqual(reasonsAgainst(both, leaver({ node: undefined, member: false })), []);
  });

  it('are nodes that do not answer, or do not agree', () => {
    assert.deepEqual(reasonsAgainst([], leaver()), ['no broker that stays answers']);
    const apart = reasonsAgainst([health(), health({ node: b, members: [b] })], leaver({ member: false }));
    assert.equal(apart.length, 1);
    assert.match(apart[0] ?? '', /rabbit@a counts rabbit@a, rabbit@b, rabbit@c .* and rabbit@b rabbit@b/);
  });

  it('are a partition, an alarm, another node down or in maintenance mode', () => {
    assert.match(against({ partitions: [b] }).join(), /network partition/);
    assert.match(against({ alarms: [{ what: 'memory', node: b }] }).join(), /rabbit@b has an alarm: memory/);
    assert.match(against({ up: [a, c] }).join(), /rabbit@b is down/);
    assert.match(against({ draining: [b] }).join(), /rabbit@b is in maintenance mode/);
    assert.deepEqual(against({ draining: [c] }), [], 'its own is what a killed run leaves');
  });

  it('are a majority that would be lost', () => {
    const two = { members: [a, c], up: [a, c] };
    assert.match(reasonsAgainst([health(two)], leaver()).join(), /only 1 of 2 nodes/);
    assert.match(against({ queues: [queue({ online: [a, c] })] }).join(), /1 of 3 members left, and needs 2/);
    assert.match(against({ queues: [queue({ members: [c], online: [c] })] }).join(), /0 of 1 members/);
  });

  it('are a mirrored queue whose other mirrors are not synchronised', () => {
    assert.match(
      against({ queues: [queue({ type: 'classic', leader: c, online: [c] })] }).join(),
      /classic queue q would have no synchronised mirror left/,
    );
  });

  it('are the only copy of a durable queue, alive or dead, unless it may be lost', () => {
    const alone = queue({
      type: 'classic',
      name: 'orders',
      vhost: 'v',
      leader: c,
      members: [c],
      online: [c],
    });
    const [reason = ''] = against({ queues: [alone] });
    assert.match(reason, /the only copy of classic queue orders \(vhost v\) is on rabbit@c/);
    assert.ok(reason.endsWith(`-e '{"lose":["orders (vhost v)"]}'`), 'with what to type');
    assert.deepEqual(against({ queues: [alone] }, ['orders (vhost v)']), []);
    const down = health({ up: [a, b], queues: [{ ...alone, online: [] }] });
    assert.equal(reasonsAgainst([down], dead).length, 1);
    assert.deepEqual(against({ queues: [{ ...alone, durable: false }] }), []);
    assert.deepEqual(against({ queues: [{ ...alone, exclusive: true }] }), []);
  });

  it('are queues that nobody can list', () => {
    assert.match(against({ queues: null }).join(), /could not be listed/);
  });

  it('are to be the last disc node', () => {
    assert.match(against({ ram: [a, b] }).join(), /last disc node/);
  });

  it('are a node that lives where its host is silent', () => {
    assert.match(reasonsAgainst(both, leaver({ snapshot: undefined })).join(), /c can't be reached/);
    assert.match(
      reasonsAgainst(both, leaver({ snapshot: stopped.snapshot })).join(),
      /does not answer on c: does it have the cookie/,
    );
    assert.deepEqual(
      reasonsAgainst(both, leaver({ snapshot: appStopped('c', [a, b, c]) })),
      [],
      'it is just stopping',
    );
  });

  it('of several dead nodes let one be the first to go, as long as there is a majority', () => {
    const five = { members: [a, b, 'd', 'e', c], up: [a, b, 'd'] };
    assert.deepEqual(reasonsAgainst([health(five)], dead), []);
    assert.match(reasonsAgainst([health({ ...five, up: [a, b] })], dead).join(), /no majority/);
  });
});
