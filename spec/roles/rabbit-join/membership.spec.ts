import assert from 'node:assert/strict';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { type MemberWant, member } from '../../../roles/rabbit-join/membership.ts';
import { answer, appStopped, down, running } from '../domain/rabbitmq/nodes.ts';

const [a, c] = ['rabbit@a', 'rabbit@c'];
const want: MemberWant = {
  seed: { node: a, members: [a] },
  nodeType: 'disc',
  allowDataLoss: false,
  harmlessUsers: ['guest', 'admin'],
  host: 'mq-c',
  started: false,
};
const knows = { seed: { node: a, members: [a, c] } };
const silent = { seed: { node: a, members: undefined } };

const assess = (node: Snapshot, changed: Partial<MemberWant> = {}) =>
  member({ ...want, ...changed }).assess(answer(node), []);
const changes = (node: Snapshot, changed: Partial<MemberWant> = {}) => assess(node, changed).changes;
/** What is done, a broker's command a word: `stop_app`, `forget_cluster_node@rabbit@a`, `systemctl stop`. */
const deeds = (node: Snapshot, changed: Partial<MemberWant> = {}) => {
  const script = assess(node, changed).apply().script.reveal();
  // What a script only says is not done.
  const done = script.replaceAll(/echo "[^"]*"/g, '');
  const found = done.matchAll(
    /rabbitmqctl -q (-n \S+ )?([a-z_]+)( --ram)?|systemctl (stop|start)|mv "\$f"|(?<=\/dev\/tcp)/g,
  );
  return [...found].map(([whole, on, verb, ram]) =>
    verb ? `${verb}${ram ? ' ram' : ''}${on ? ` on ${on.slice(3).trim()}` : ''}` : whole || 'reach',
  );
};
const member_ = { members: [a, c] };

describe('membership', () => {
  it('of a member of the right type is left alone', () => {
    assert.deepEqual(changes(running('c', member_), knows), []);
    assert.deepEqual(changes(running('c', { ...member_, ram: [c] }), { ...knows, nodeType: 'ram' }), []);
    assert.deepEqual(changes(running('a')), []);
    assert.deepEqual(changes(running('a', { queues: 5, vhosts: ['/', 'v'] })), []);
  });

  it('is given to one that has nothing to lose', () => {
    assert.deepEqual(changes(running('c'), { nodeType: 'ram' }), [
      { what: 'membership', from: 'a cluster of one with nothing in it', to: 'rabbit@a as ram' },
    ]);
    assert.deepEqual(changes(down('c', [], 0, false)).length, 1);
  });

  it('is refused to data, in words that say how to allow it', () => {
    assert.throws(
      () => changes(running('c', { queues: 2, vhosts: ['/', 'v'] })),
      /^Error: mq-c holds data that joining would destroy \(a cluster of one with 2 queues, 1 virtual host\); to have the others join it: rabbit_seed: mq-c; .*; only if that data may be lost: -e '\{"rabbit_allow_data_loss": \["mq-c"\]\}'$/,
    );
    assert.throws(() => changes(down('c', [c], 4)), /mq-c holds data/);
    const two = { seed: { node: a, members: [a, 'rabbit@b'] } };
    assert.throws(
      () => changes(running('c', { queues: 2 }), two),
      (error: Error) =>
        /take that host out of the group/.test(error.message) && !/rabbit_seed/.test(error.message),
    );
    assert.throws(() => changes(down('c', [a, c], 4)), /mq-c holds data .*which disagrees/);
  });

  it('destroys data only when the host is named', () => {
    const allowed = { allowDataLoss: true };
    assert.equal(changes(running('c', { queues: 2 }), allowed)[0]?.what, 'membership');
    assert.ok(deeds(running('c', { queues: 2 }), allowed).includes('join_cluster'));
    assert.ok(deeds(down('c', [a, c], 4), allowed).includes('mv "$f"'));
  });

  it('is predicted for one that is down, and only given once it was seen what it holds', () => {
    for (const node of [down('c', [c]), appStopped('c')]) {
      assert.equal(changes(node)[0]?.what, 'membership');
      assert.throws(() => deeds(node), /mq-c holds data .*nobody can tell/);
      assert.ok(deeds(node, { allowDataLoss: true }).includes('join_cluster'));
    }
  });

  it('of another cluster is not taken away', () => {
    assert.throws(
      () => changes(running('c', { members: [c, 'rabbit@x'] }), { allowDataLoss: true }),
      /rabbit@c is a member of another cluster \(a cluster with rabbit@x\).*run on this host.*rabbitmqctl reset/,
    );
  });

  it('is brought back by a start where nothing else is missing', () => {
    for (const node of [down('c', [a, c], 3), appStopped('c', [a, c], 3)]) {
      for (const seed of [knows, silent]) {
        assert.deepEqual(changes(node, seed), [
          { what: 'broker', from: 'a member that is not running', to: 'running' },
        ]);
        assert.deepEqual(deeds(node, seed).slice(0, 3), ['start_app', 'systemctl stop', 'systemctl start']);
      }
    }
  });

  it('predicts no start that an earlier task makes', () => {
    assert.deepEqual(changes(down('c', [a, c]), { ...knows, started: true }), []);
    assert.deepEqual(changes(down('a', [a, c]), { ...silent, started: true }), []);
    assert.deepEqual(changes(appStopped('c', [a, c]), { ...knows, started: true, nodeType: 'ram' }), [
      { what: 'node type', from: 'disc', to: 'ram' },
    ]);
    assert.equal(changes(down('c', [c]), { started: true })[0]?.what, 'membership');
  });

  it('changes its type, both ways, and no disc node alone into ram', () => {
    assert.deepEqual(changes(running('c', member_), { ...knows, nodeType: 'ram' }), [
      { what: 'node type', from: 'disc', to: 'ram' },
    ]);
    assert.deepEqual(changes(running('c', { ...member_, ram: [c] }), knows), [
      { what: 'node type', from: 'ram', to: 'disc' },
    ]);
    assert.deepEqual(deeds(running('c', member_), { ...knows, nodeType: 'ram' }).slice(0, 2), [
      'stop_app',
      'change_cluster_node_type',
    ]);
    assert.throws(() => changes(running('a'), { nodeType: 'ram' }), /a disc node has to be there first/);
    const seed = { node: a, members: [a, c] };
    assert.equal(changes(running('a', { members: [a, c] }), { seed, nodeType: 'ram' })[0]?.to, 'ram');
  });
});

describe('a join', () => {
  it('looks at the ports before it stops anything', () => {
    const done = deeds(running('c'));
    assert.ok(done.indexOf('reach') >= 0 && done.indexOf('reach') < done.indexOf('stop_app'));
  });

  it('leaves the reset to join_cluster up to 3.10 and asks for it from 3.11 on', () => {
    const resets = (version: string | null) => deeds(running('c', { version })).includes('reset');
    assert.deepEqual(['3.8.9', '3.9.13', '3.10.8', '3.11.0', '3.12.1', '3.13.7', '4.0.5', null].map(resets), [
      false,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it('joins as the type that is wanted', () => {
    assert.ok(deeds(running('c'), { nodeType: 'ram' }).includes('join_cluster ram'));
    assert.ok(deeds(running('c')).includes('join_cluster'));
  });

  it('has the seed forget a node of this name that lost its disk, while that one is stopped', () => {
    const done = deeds(running('c'), knows);
    const forget = done.indexOf('forget_cluster_node on rabbit@a');
    assert.ok(done.indexOf('stop_app') < forget && forget < done.indexOf('join_cluster'), done.join());
    assert.ok(!deeds(running('c')).join().includes('forget'));
  });

  it('puts aside what a forgotten node believes, with its unit stopped', () => {
    const done = deeds(down('c', [a, c]));
    const aside = done.indexOf('mv "$f"');
    assert.ok(done.indexOf('systemctl stop') < aside && aside < done.indexOf('join_cluster'), done.join());
    assert.ok(!deeds(running('c')).includes('mv "$f"'));
  });

  it('waits for a seed that is still starting', () => {
    assert.ok(deeds(running('c'), silent).includes('await_startup on rabbit@a'));
    assert.ok(!deeds(running('c')).join().includes('await_startup on'));
  });
});
