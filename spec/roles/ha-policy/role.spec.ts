import assert from 'node:assert/strict';
import { formatError, PlayError, type Report, type RoleHost, type StepContext } from '../../../lib/index.ts';
import type { Policy, Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/policy.ts';
import { haPolicy } from '../../../roles/ha-policy/index.ts';
import { context, defaultsOf, down, known, running } from '../domain/rabbitmq/nodes.ts';
import { packed } from '../domain/rabbitmq/packed.ts';

const { definition } = haPolicy;
const host = (name: string, vars: Partial<Vars> = {}): RoleHost<Vars> => ({
  ...known(name, '192.0.2.11'),
  vars: { ...(defaultsOf(definition.vars.properties) as unknown as Vars), ...vars },
});
const members = { members: ['rabbit@a', 'rabbit@b'], up: ['rabbit@a', 'rabbit@b'] };
const both = { a: running('a', members), b: running('b', members) };

async function run(
  nodes: Readonly<Record<string, Snapshot>>,
  vars: Partial<Vars> = {},
  rest: Partial<StepContext<Vars>> = {},
) {
  const hosts = [host('a', vars), host('b', vars)];
  const asked = context(hosts, nodes, rest);
  const layout = await definition.steps[0]?.(asked.context);
  assert.ok(layout);
  return { titles: hosts.map((each) => layout(each).map(({ title }) => title)), warnings: asked.warnings };
}

describe('the role ha-policy', () => {
  it('sets the policy through one running member, what is absent first', async () => {
    const { titles } = await run(both, { ha_policy_absent: ['old'] });
    assert.deepEqual(titles, [['policy old on / absent', 'policy ha-all on /'], []]);
    const other = await run({ ...both, a: down('a', members.members) });
    assert.deepEqual(other.titles, [[], ['policy ha-all on /']]);
  });

  const modern = {
    a: running('a', { ...members, version: '4.0.5' }),
    b: running('b', { ...members, version: '4.0.5' }),
  };

  it('compiles the same variables to quorum queues on a broker without mirrors', async () => {
    const { titles, warnings } = await run(modern, { ha_policy_operator: { expires: 9 } });
    assert.deepEqual(titles, [
      ['policy ha-all on /', 'operator policy ha-all on /', 'default queue type quorum on /'],
      [],
    ]);
    assert.deepEqual(warnings, []);
  });

  it('refuses mirror keys on a broker that has no mirrors, and says what to do', async () => {
    const raw = { ha_policy_definition: { 'ha-mode': 'all' } };
    await assert.rejects(run(modern, raw), (error) => {
      assert.ok(error instanceof PlayError);
      assert.match(formatError(error), /RabbitMQ 4\.0\.5 has no mirrored queues.*\n.*\n.*quorum queues/);
      return true;
    });
  });

  it('touches nothing while brokers of an upgrade would want different policies', async () => {
    const { titles, warnings } = await run({ ...modern, b: running('b', members) });
    assert.deepEqual(titles, [[], []]);
    assert.match(warnings[0] ?? '', /run 4\.0\.5 and 3\.10\.8.*left as it is/);
    const patched = { ...both, b: running('b', { ...members, version: '3.10.9' }) };
    assert.deepEqual((await run(patched)).titles, [['policy ha-all on /'], []]);
  });

  it('warns of a count that quorum queues can not live up to', async () => {
    const { warnings } = await run(modern, { ha_policy_mode: 'exactly', ha_policy_count: 2 });
    assert.match(warnings[0] ?? '', /2 mirrors would survive 1 nodes, a quorum queue on 2 nodes survives 0/);
  });

  it('reports queues that it does not help, asked of the member that speaks', async () => {
    const hosts = [host('a'), host('b')];
    const reports: Report[] = [];
    const { context: plain } = context(hosts, modern);
    const asked: string[] = [];
    const stray = { name: 'old', type: 'rabbit_classic_queue', durable: true, exclusive: false };
    await definition.steps[1]?.({
      ...plain,
      async query(of, question) {
        if (!question.name.startsWith('queues')) return plain.query(of, question);
        asked.push(...of.map(({ name }) => name));
        return new Map([['a', question.parse(packed({ total: 1, queues: [stray] }))]]);
      },
      report: (report) => void reports.push(report),
    });
    assert.deepEqual(asked, ['a']);
    assert.match(reports[0]?.text ?? '', /^old: a classic queue/);
  });

  it('warns of queues that keep the default queue type, asked of the member that speaks', async () => {
    const warned = async (nodes: Readonly<Record<string, Snapshot>>, vars: Partial<Vars> = {}) => {
      const hosts = [host('a', vars), host('b', vars)];
      const { context: plain, warnings } = context(hosts, nodes);
      await definition.steps[1]?.({
        ...plain,
        async query(of, question) {
          if (question.name === 'state of the broker') return plain.query(of, question);
          const held = { vhost: '/', now: 'classic', total: 1, names: ['old'] };
          const told = { running: true, exists: true, set: null, held, total: 0, queues: [] };
          return new Map(of.map(({ name }) => [name, question.parse(packed(told))]));
        },
      });
      return warnings;
    };
    assert.match((await warned(modern)).join(), /^the default queue type .* stays classic.*"old"/);
    assert.deepEqual(await warned(modern, { ha_policy_default_queue_type: 'keep' }), []);
    assert.deepEqual(await warned({ ...modern, b: running('b', members) }), [], 'the step before says why');
    assert.deepEqual(await warned(both), []);
  });

  it('says in check mode what it can not tell, and fails in the run itself', async () => {
    const off = { a: down('a', members.members), b: down('b', members.members) };
    const { titles, warnings } = await run(off, {}, { check: true });
    assert.deepEqual(titles, [[], []]);
    assert.match(warnings[0] ?? '', /only be told in the run itself/);
    assert.deepEqual((await run(off)).titles, [['policy ha-all on /'], []]);
  });

  const policies = (changed: Partial<Policy>): Record<string, Snapshot> => {
    const other = { vhost: '/', name: 'ha-two', pattern: '^(?!amq\\.).*', priority: 0, applyTo: 'queues' };
    return { a: running('a', { policies: [{ ...other, definition: {}, ...changed }] }) };
  };

  it('warns of a policy that competes with it', async () => {
    const competing = /policies ha-all and ha-two match the same queues with the same priority/;
    assert.match((await run(policies({}))).warnings[0] ?? '', competing);
    for (const applyTo of ['all', 'classic_queues']) {
      assert.match((await run(policies({ applyTo }))).warnings[0] ?? '', competing);
    }
    for (const changed of [
      { priority: 1 },
      { pattern: '^x' },
      { vhost: 'v' },
      { name: 'ha-all' },
      { applyTo: 'exchanges' },
    ]) {
      assert.deepEqual((await run(policies(changed))).warnings, [], JSON.stringify(changed));
    }
    assert.deepEqual((await run(policies({}), { ha_policy_absent: ['ha-two'] })).warnings, []);
  });

  it('refuses variables that contradict each other', () => {
    const validate = (vars: Partial<Vars>) =>
      definition.validate?.([host('a', vars)], { playHosts: [known('a', 'a')], group: () => [] });
    validate({});
    assert.throws(
      () => validate({ ha_policy_mode: 'exactly', ha_policy_count: 2 }),
      /ha_policy_count is 2, and there are only 1 nodes/,
    );
  });
});
