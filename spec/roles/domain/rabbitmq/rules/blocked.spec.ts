import assert from 'node:assert/strict';
import { type Evidence, parseEvidence } from '../../../../../roles/domain/rabbitmq/facts/evidence.ts';
import { blockedBy, isRam } from '../../../../../roles/domain/rabbitmq/rules/blocked.ts';
import { blockedError } from '../../../../../roles/operations/rabbit-start/advice.ts';

const [a, b, c] = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
const members = [a, b, c];

function disk(node: string, lastSeen: readonly string[], told: Partial<Evidence> = {}): Evidence {
  return {
    node,
    unit: 'inactive',
    running: false,
    members,
    disc: members,
    lastSeen,
    store: 'mnesia',
    forced: false,
    ...told,
  };
}

const disks = (...each: readonly Evidence[]) =>
  new Map(each.map((one) => [one.node.replace('rabbit@', ''), one] as const));

describe('a cluster that is to be started', () => {
  it('is not blocked with all nodes there, in whatever order they stopped', () => {
    assert.equal(blockedBy(disks(disk(a, [a]), disk(b, [a, b]), disk(c, members))), undefined);
    assert.equal(blockedBy(disks(disk(a, members), disk(b, members), disk(c, members))), undefined);
  });

  it('is not blocked by a lost node that stopped before the others', () => {
    assert.equal(blockedBy(disks(disk(a, [a]), disk(b, [a, b]))), undefined);
  });

  it('is blocked by a lost node that stopped last', () => {
    assert.deepEqual(blockedBy(disks(disk(b, [b, a]), disk(c, members))), {
      lost: [a],
      host: 'b',
      node: b,
      store: 'mnesia',
    });
  });

  it('is blocked by a node that was lost when all lost their power', () => {
    assert.deepEqual(blockedBy(disks(disk(a, members), disk(b, members)))?.lost, [c]);
  });

  it('is not blocked once a node runs, or was told to start without the others', () => {
    const waits = disk(c, members);
    assert.equal(blockedBy(disks(disk(b, [a, b], { running: true }), waits)), undefined);
    assert.equal(blockedBy(disks(disk(b, [a, b], { forced: true }), waits)), undefined);
  });

  it('is brought back from a disc node', () => {
    const ram = { disc: [a, c] };
    assert.equal(isRam(disk(b, [b], ram)), true);
    assert.equal(isRam(disk(c, [c], ram)), false);
    assert.equal(blockedBy(disks(disk(b, [a, b], ram), disk(c, members, ram)))?.host, 'c');
  });

  it('needs a majority with Khepri, whoever stopped last', () => {
    const khepri = { store: 'khepri' } as const;
    assert.equal(blockedBy(disks(disk(b, members, khepri), disk(c, members, khepri))), undefined);
    assert.deepEqual(blockedBy(disks(disk(c, [c], khepri)))?.lost, [a, b]);
  });

  it('has nothing to wait for when it is no cluster', () => {
    assert.equal(blockedBy(disks(disk(a, [], { members: [] }))), undefined);
  });
});

describe('what is said of a cluster that is blocked', () => {
  it('names the node, the host and the command for Mnesia', () => {
    const { what, next = '' } = blockedError({ lost: [a], host: 'hb', node: b, store: 'mnesia' });
    assert.match(what, /without rabbit@a/);
    assert.match(next, /forget-node\.ts .* -e node=rabbit@a -e offline=true/);
    assert.match(
      next,
      /as root on hb[\s\S]*runuser -u rabbitmq -- env HOME=\/var\/lib\/rabbitmq \/usr\/lib\/rabbitmq\/bin\/rabbitmqctl forget_cluster_node --offline rabbit@a/,
    );
  });

  it('never speaks of Mnesia to Khepri', () => {
    const { next = '' } = blockedError({ lost: [a, b], host: 'hc', node: c, store: 'khepri' });
    assert.match(next, /force_standalone_khepri_boot/);
    assert.doesNotMatch(next, /--offline|offline=true|force_boot$/m);
  });
});

describe("a stopped node's evidence", () => {
  it('is read from its disk', () => {
    const stdout = `node=rabbit@a
unit=inactive
running=
cluster_nodes.config={['rabbit@a','rabbit@b-1','rabbit@c'],['rabbit@a','rabbit@c']}.
nodes_running_at_shutdown=['rabbit@a','rabbit@b-1'].
forced=yes`;
    assert.deepEqual(parseEvidence({ code: 0, stdout, stderr: '' }), {
      node: 'rabbit@a',
      unit: 'inactive',
      running: false,
      members: ['rabbit@a', 'rabbit@b-1', 'rabbit@c'],
      disc: ['rabbit@a', 'rabbit@c'],
      lastSeen: ['rabbit@a', 'rabbit@b-1'],
      store: 'mnesia',
      forced: true,
    });
  });

  it('leaves out what the node was made to forget while it was down', () => {
    const stdout = `node=rabbit@b
cluster_nodes.config={[rabbit@a,rabbit@b],[rabbit@a,rabbit@b]}.
nodes_running_at_shutdown=[rabbit@a,rabbit@b].
forgotten=rabbit@a`;
    const { members: left, disc, lastSeen } = parseEvidence({ code: 0, stdout, stderr: '' });
    assert.deepEqual([left, disc, lastSeen], [['rabbit@b'], ['rabbit@b'], ['rabbit@b']]);
  });

  it('tells a running node and Khepri', () => {
    const stdout = 'node=rabbit@a\nunit=active\nrunning={ok, true}\nstore=khepri';
    const { running, store, members: none } = parseEvidence({ code: 0, stdout, stderr: '' });
    assert.deepEqual([running, store, none], [true, 'khepri', []]);
  });
});
