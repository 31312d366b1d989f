import assert from 'node:assert/strict';
import type { PlayError, StepContext } from '../../../lib/index.ts';
import type { HaproxyVars } from '../../../roles/domain/haproxy/settings.ts';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { backendsOf, membersOf } from '../../../roles/haproxy-build/backends.ts';
import { answer, down, known, running } from '../domain/rabbitmq/nodes.ts';
import { proxy } from './hosts.ts';

const [a, b, c] = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
const group = ['a', 'b', 'c'].map((name) => known(name, `192.0.2.${name.charCodeAt(0)}`));
const pair = { members: [a, b] };
const three = { members: [a, b, c] };
const data = { queues: 1 };
const blank = down('c', [], 0, false);

const found = (nodes: Readonly<Record<string, Snapshot>>, check = false, hosts = group) => {
  const { hosts: backends, warnings } = membersOf('brokers', hosts, new Map(Object.entries(nodes)), check);
  return { names: backends.map(({ name }) => name), warnings };
};
const names = (...args: Parameters<typeof found>) => found(...args).names;

describe('the backends', () => {
  it('are the members of the one cluster, in the order of the group', () => {
    const all = { c: running('c', three), b: running('b', three), a: running('a', three) };
    assert.deepEqual(found(all), { names: ['a', 'b', 'c'], warnings: [] });
  });

  it('are no broker beside the cluster, which is named', () => {
    const two = { a: running('a', pair), b: running('b', pair) };
    for (const other of [running('c'), running('c', data), blank]) {
      const { names: backends, warnings } = found({ ...two, c: other });
      assert.deepEqual(backends, ['a', 'b']);
      assert.deepEqual(warnings, ['no clients for c: no member of the cluster of a']);
    }
    // One that lost its disk is counted by the others, and knows nothing of it.
    const counted = { a: running('a', three), b: running('b', three), c: running('c') };
    assert.deepEqual(names(counted), ['a', 'b']);
  });

  it('are those with data, not the blank one that comes first', () => {
    assert.deepEqual(names({ a: running('a'), b: running('b'), c: running('c', data) }), ['c']);
  });

  it('are also a member that is stopped, and one that does not answer', () => {
    const up = { members: [a, b, c], up: [a, b] };
    const two = { a: running('a', up), b: running('b', up) };
    assert.deepEqual(names({ ...two, c: down('c', [a, b, c], 3) }), ['a', 'b', 'c']);
    assert.deepEqual(names(two), ['a', 'b', 'c']);
    const renamed = [...group.slice(0, 2), known('mq3', '192.0.2.3')];
    assert.deepEqual(names(two, false, renamed), ['a', 'b', 'mq3']);
    // Nobody counts it: it is no member.
    assert.deepEqual(names({ a: running('a', pair), b: running('b', pair) }), ['a', 'b']);
    assert.deepEqual(names({ a: down('a', [a, b]), b: down('b', [a, b]) }), ['a', 'b'], 'all are stopped');
  });

  it('are in check mode also those that a run would have join, which are named', () => {
    const fresh = { a: running('a'), b: running('b'), c: blank };
    const foreseen = found(fresh, true);
    assert.deepEqual(foreseen.names, ['a', 'b', 'c']);
    assert.match(foreseen.warnings.join(), /^b, c: backends only if the run makes them members/);
    assert.deepEqual(names({ a: blank, b: down('b', [], 0, false), c: down('c', [], 0, false) }, true), [
      'a',
      'b',
      'c',
    ]);
    assert.deepEqual(names({ a: running('a', pair), b: running('b', pair), c: running('c', data) }, true), [
      'a',
      'b',
    ]);
  });

  it('are never none: without a cluster, or with several, the reason is said', () => {
    assert.throws(
      () => found({}),
      (error: PlayError) => /none of its hosts answers/.test(error.why ?? ''),
    );
    const never = { a: down('a', [], 0, false), b: down('b', [], 0, false), c: blank };
    assert.throws(
      () => found(never),
      (error: PlayError) =>
        /none of its brokers runs/.test(error.why ?? '') && /site\.ts/.test(error.next ?? ''),
    );
    assert.throws(
      () => found({ a: running('a', data), b: running('b'), c: running('c', data) }),
      /are no one cluster: a \(.*\); c \(/,
    );
    const named = group.map(({ name, address }) => known(name, address, { rabbit_seed: 'c' }));
    assert.deepEqual(names({ a: running('a', data), b: running('b'), c: running('c', data) }, false, named), [
      'c',
    ]);
  });

  it('are all hosts of the group, unasked, when that is wanted', async () => {
    let asked = 0;
    const hosts = (word: HaproxyVars['haproxy_backend_hosts']) => [
      proxy(known('web', '192.0.2.9'), { haproxy_backend_hosts: word }),
      proxy(known('web2', '192.0.2.10'), { haproxy_backend_hosts: word }),
    ];
    const context = (word: HaproxyVars['haproxy_backend_hosts']) =>
      ({
        hosts: hosts(word),
        check: false,
        group: () => group,
        warn: () => {},
        query: async (all, { parse }) => {
          asked += 1;
          return new Map(all.map(({ name }) => [name, parse(answer(running(name, pair)))] as const));
        },
      }) satisfies Partial<StepContext<HaproxyVars>> as unknown as StepContext<HaproxyVars>;
    const everybody = await backendsOf(context('all'));
    assert.equal(
      everybody(proxy(known('web', '192.0.2.9'), { haproxy_backend_hosts: 'all' }).vars).length,
      3,
    );
    assert.equal(asked, 0);
    const members = await backendsOf(context('members'));
    assert.deepEqual(
      members(proxy(known('web', '192.0.2.9')).vars).map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(asked, 1, 'once for both proxies');
  });
});
