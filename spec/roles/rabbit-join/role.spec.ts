import assert from 'node:assert/strict';
import { type PlayError, type RoleHost, type StepContext, secret } from '../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../lib/run/handoffs.ts';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/join.ts';
import { rabbitJoin } from '../../../roles/rabbit-join/index.ts';
import { possibleType } from '../../../roles/rabbit-join/node-type.ts';
import { context, defaultsOf, down, known, running } from '../domain/rabbitmq/nodes.ts';

const { definition } = rabbitJoin;

function host(name: string, vars: Partial<Vars> = {}, address = '192.0.2.11'): RoleHost<Vars> {
  const defaults = defaultsOf(definition.vars.properties) as unknown as Vars;
  return {
    ...known(name, address, vars),
    vars: { ...defaults, rabbit_admin_password: secret('x'), ...vars },
  };
}

const [a, b, c] = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
const three = [host('a'), host('b', { rabbit_node_type: 'ram' }), host('c')];
const fresh = { a: running('a'), b: running('b'), c: running('c') };
const joined = { members: [a, b, c], up: [a, b, c] };
const cluster = { a: running('a', joined), b: running('b', joined), c: running('c', joined) };

/** What a step lays out, by host: titles. */
async function step(
  index: number,
  hosts: readonly RoleHost<Vars>[],
  nodes: Readonly<Record<string, Snapshot>>,
  rest: Partial<StepContext<Vars>> = {},
) {
  const asked = context(hosts, nodes, {
    playHosts: three.map((each) => hosts.find(({ name }) => name === each.name) ?? each),
    ...rest,
  });
  const layout = await definition.steps[index]?.(asked.context);
  assert.ok(layout);
  const titles = Object.fromEntries(
    hosts.map((each) => [each.name, layout(each).map(({ title }) => title)] as const),
  );
  return { titles, warnings: asked.warnings };
}

describe('a ram node', () => {
  const of = (version: string) => running('b', { version });

  it('is one where RabbitMQ has them, and a node like all others from 4.3 on', () => {
    for (const version of ['3.8.2', '3.10.8', '4.0.5', '4.2.9'])
      assert.equal(possibleType('ram', of(version), fresh.a), 'ram');
    for (const version of ['4.3.0', '4.10.1', '5.0.0'])
      assert.equal(possibleType('ram', of(version), fresh.a), 'disc');
    assert.equal(possibleType('disc', of('3.10.8'), fresh.a), 'disc');
  });

  it('that does not tell its version is taken to be as old as the seed', () => {
    assert.equal(possibleType('ram', down('b'), of('4.3.6')), 'disc');
    assert.equal(possibleType('ram', undefined, of('3.10.8')), 'ram');
  });

  it('is said not to be one any more', async () => {
    const nodes = {
      a: running('a', { version: '4.3.6' }),
      b: of('4.3.6'),
      c: running('c', { version: '4.3.6' }),
    };
    const { warnings } = await step(1, three, nodes);
    assert.deepEqual(warnings, ['b is a node like all others: its RabbitMQ has no ram nodes any more']);
    assert.deepEqual((await step(1, three, fresh)).warnings, []);
  });
});

describe('the role rabbit-join before it contacts anybody', () => {
  const validate = (hosts: readonly RoleHost<Vars>[], playHosts = hosts) =>
    definition.validate?.(hosts, { playHosts, group: () => [] });

  it('takes what makes sense', () => {
    validate(three);
    validate([three[1] ?? host('b')], three);
    validate([host('a', { rabbit_hosts_entries: true })]);
    validate([host('a', { rabbit_hosts_entries: true }, '2001:db8::1')]);
  });

  it('refuses what does not', () => {
    const ram = { rabbit_node_type: 'ram' } as const;
    assert.throws(() => validate([host('a', ram), host('b', ram)]), /at least one must be disc/);
    assert.throws(() => validate([host('a', { rabbit_seed: 'x' })]), /x is no host of this play/);
    assert.throws(
      () => validate([host('a', { rabbit_allow_data_loss: ['y'] })]),
      /y is no host of this play/,
    );
    assert.throws(
      () => validate([host('a'), host('b', { ...ram, rabbit_seed: 'b' })].reverse()),
      /begins with a disc node/,
    );
    for (const password of [' x', 'x ', 'x\ny', 'x\n']) {
      assert.throws(
        () => validate([host('a', { rabbit_admin_password: secret(password) })]),
        /begins or ends with a blank/,
      );
    }
    assert.throws(
      () => validate([host('a', { rabbit_hosts_entries: true }, 'mq1.example.org')]),
      /every node's address, and a has mq1\.example\.org/,
    );
  });
});

describe('the first step of rabbit-join', () => {
  it('installs, looks for names, starts', async () => {
    const { titles } = await step(0, three, fresh);
    assert.deepEqual(titles['c'], [
      'package rabbitmq-server',
      'check that a is found by name',
      'check that b is found by name',
      'check that c is found by name',
      'service rabbitmq-server started',
      'broker application running',
    ]);
  });

  it('writes names that it then looks up, its own excepted', async () => {
    const hosts = [host('a', { rabbit_hosts_entries: true }), host('b', {}, '192.0.2.12')];
    const { titles } = await step(0, hosts, fresh, { playHosts: hosts });
    assert.deepEqual(titles['a']?.slice(1, 4), [
      'line in /etc/hosts: 192.0.2.11 a',
      'line in /etc/hosts: 192.0.2.12 b',
      'check that b is found by name',
    ]);
  });

  it('names a host as its node does, whatever the inventory calls it', async () => {
    const hosts = [host('mq-a'), host('mq-b')];
    const nodes = { 'mq-a': running('a.example.org'), 'mq-b': running('b') };
    const { titles } = await step(0, hosts, nodes, { playHosts: hosts });
    assert.equal(titles['mq-b']?.[1], 'check that a.example.org is found by name');
  });

  it('leaves the start of forgotten nodes and ram nodes to the next', async () => {
    const two = { members: [a, c], up: [a, c] };
    const ram = down('b', [a, b, c]);
    const down_ = { ...ram, disk: { ...ram.disk, disc: [a, c] } };
    for (const nodes of [
      { a: running('a', two), b: down('b', [a, b]), c: running('c', two) },
      { a: running('a', joined), b: down_, c: down('c', [a, b, c]) },
    ]) {
      const { titles } = await step(0, three, nodes);
      assert.equal(titles['b']?.at(-1), 'service rabbitmq-server');
      assert.equal(titles['c']?.at(-1), 'broker application running');
    }
  });

  it('refuses two machines of one name', async () => {
    await assert.rejects(
      step(0, three, { a: running('x'), b: running('b'), c: running('x') }),
      /a and c are both rabbit@x/,
    );
  });

  it('says in check mode whose broker does not answer', async () => {
    const nodes = { ...cluster, c: { ...down('c', [a, b, c]), unit: 'active' } };
    const { warnings } = await step(0, three, nodes, { check: true });
    assert.deepEqual(warnings.length, 1);
    assert.match(warnings[0] ?? '', /the broker of c does not answer/);
  });
});

describe('the second step of rabbit-join', () => {
  const seed = async (...args: Parameters<typeof step> extends [number, ...infer R] ? R : never) => {
    const { titles, warnings } = await step(1, ...args);
    return { seed: Object.values(titles)[0]?.[0]?.replace('member of the cluster of ', ''), warnings };
  };

  it('joins the seed that is named, else the first disc node', async () => {
    assert.equal((await seed(three, fresh)).seed, a);
    assert.equal((await seed([host('a', { rabbit_seed: 'c' }), host('c')], fresh)).seed, c);
    const ramFirst = [host('a', { rabbit_node_type: 'ram' }), host('b'), host('c')];
    assert.equal((await seed(ramFirst, fresh, { playHosts: ramFirst })).seed, b);
  });

  it('joins the cluster there is, also with the seed wiped', async () => {
    assert.equal((await seed(three, { ...cluster, a: running('a') })).seed, c);
    assert.equal((await seed([host('c')], { ...cluster, c: running('c') })).seed, a);
  });

  it('begins without a seed that is silent when most answer, and says so', async () => {
    const { c: _, ...rest } = fresh;
    const found = await seed(three.slice(1), { b: fresh.b, c: fresh.c });
    assert.equal(found.seed, c);
    assert.deepEqual(found.warnings, ['a does not answer: the cluster begins with rabbit@c']);
    assert.deepEqual((await seed(three.slice(0, 2), rest)).warnings, []);
  });

  it('founds no second cluster when few answer', async () => {
    await assert.rejects(
      seed([host('c')], { c: fresh.c }),
      /a, which the others join, does not answer, and only 1 of 3 nodes do.*bring a up, or name another/,
    );
    // One that is in a cluster already is no new one.
    assert.equal((await seed([host('c')], { c: cluster.c })).seed, c);
  });

  it('refuses all while several hold data and nothing says which one counts', async () => {
    const two = { ...fresh, a: running('a', { queues: 1 }), c: running('c', { exchanges: 1 }) };
    for (const index of [0, 1]) {
      await assert.rejects(
        step(index, three, two),
        (error: PlayError) =>
          /a \(.*1 queue\) and c \(.*1 exchange\)/.test(error.what) &&
          /rabbit_seed: a or/.test(error.next ?? ''),
      );
    }
    const named = [host('a', { rabbit_seed: 'c' }), host('c', { rabbit_seed: 'c' })];
    assert.equal((await seed(named, two)).seed, c);
  });

  it('founds no cluster beside one with data that failed to start', async () => {
    await assert.rejects(
      seed(three.slice(1), { ...fresh, a: down('a', [a], 3) }),
      /the others join a \(not running, with 3 queues on disk\), which does not run/,
    );
  });

  it('has the founder speak for the cluster to the end, as check mode says', async () => {
    const play = handoffContext(new Handoffs());
    const adopted = { ...fresh, c: running('c', { queues: 1 }) };
    assert.equal((await step(1, three, adopted, play)).titles['a']?.[0], `member of the cluster of ${c}`);
    const { titles } = await step(2, three, cluster, play);
    assert.ok(titles['c']?.includes('broker user admin present'));
    assert.ok(!titles['a']?.includes('broker user admin present'));
  });

  it('passes a seed by that failed to start', async () => {
    const found = await seed(three.slice(1), { ...fresh, a: down('a', [a]) });
    assert.equal(found.seed, c);
  });

  it('tells of a partition', async () => {
    const torn = running('a', { ...joined, partitions: [c] });
    assert.match((await seed(three, { ...cluster, a: torn })).warnings[0] ?? '', /partition: rabbit@c/);
  });
});

describe('the third step of rabbit-join', () => {
  const CLUSTER = ['cluster name prod', 'broker user admin present', 'broker user guest absent'];
  const named = three.map(({ name, vars }) => host(name, { ...vars, rabbit_cluster_name: 'prod' }));

  it('sets plugins on every node, and what belongs to the cluster on one', async () => {
    const { titles } = await step(2, named, cluster);
    assert.deepEqual(titles['a'], ['plugins rabbitmq_management', ...CLUSTER]);
    assert.deepEqual(titles['b'], ['plugins rabbitmq_management']);
  });

  it('keeps guest when told to, or when it is the administrator', async () => {
    for (const vars of [{ rabbit_guest: 'keep' }, { rabbit_admin_user: 'guest' }] as const) {
      const { titles } = await step(2, [host('a', vars)], cluster);
      assert.ok(!titles['a']?.includes('broker user guest absent'));
    }
  });

  it('asks a member, and in check mode nobody who is about to join', async () => {
    const wiped = { ...cluster, a: running('a') };
    assert.ok((await step(2, named, wiped, { check: true })).titles['c']?.includes('cluster name prod'));
    const joiner = await step(2, [host('a')], wiped, { check: true });
    assert.deepEqual(joiner.titles['a'], ['plugins rabbitmq_management']);
    assert.match(joiner.warnings[0] ?? '', /only be told in the run itself/);
  });
});
