import assert from 'node:assert/strict';
import { rabbitConfig } from '../../../roles/rabbit-config/index.ts';
import { rabbitJoin } from '../../../roles/rabbit-join/index.ts';
import { lintPlays } from '../../lint/support.ts';

async function lint(hosts: readonly string[], vars = 'x: 1', extra: readonly string[] = []) {
  const inventory = `brokers:
  vars: { rabbit_admin_password: not-for-the-screen, ${vars} }
  hosts:
${hosts.map((ram, index) => `    mq${index + 1}: { ${ram} }`).join('\n')}
`;
  return lintPlays(
    [{ name: 'brokers', hosts: 'brokers', roles: [rabbitConfig(), rabbitJoin()] }],
    inventory,
    {
      extra,
    },
  );
}

const RAM = 'rabbit_node_type: ram';
const disc = (count: number) => Array.from({ length: count }, () => '');
const rules = async (...args: Parameters<typeof lint>) =>
  (await lint(...args)).map(({ severity, rule }) => `${severity} ${rule}`);

describe('the design of a cluster', () => {
  it('is sound with three disc nodes', async () => assert.deepEqual(await rules(disc(3)), []));

  it('outlives a node', async () => {
    assert.deepEqual(await rules(disc(1)), ['warning one-broker']);
    assert.deepEqual(await rules(disc(2)), ['hint even-brokers']);
    for (const handling of [
      'rabbit_config_partition_handling: pause_minority',
      'rabbit_config_settings: { cluster_partition_handling: pause_minority }',
    ]) {
      assert.deepEqual(await rules(disc(2), handling), ['error even-pause-minority'], handling);
      assert.deepEqual(await rules(disc(4), handling), ['warning even-pause-minority'], handling);
      assert.deepEqual(await rules(disc(3), handling), [], handling);
    }
    assert.deepEqual(await rules(disc(4), 'rabbit_config_partition_handling: autoheal'), [
      'hint even-brokers',
    ]);
    const [finding] = await lint(disc(2), 'rabbit_config_partition_handling: pause_minority');
    assert.deepEqual([finding?.variable, finding?.where.line], ['rabbit_config_partition_handling', 2]);
  });

  it('is told what two brokers do in a network partition, of which nobody has said anything', async () => {
    assert.match((await lint(disc(2)))[0]?.why ?? '', /in a network partition both go on, each by itself/);
    const [autoheal] = await lint(disc(2), 'rabbit_config_partition_handling: autoheal');
    assert.doesNotMatch(autoheal?.why ?? '', /both go on/);
  });

  it('has somebody who mends a network partition', async () => {
    const handling = 'rabbit_config_partition_handling: ignore';
    assert.deepEqual(await rules(disc(3), handling), ['warning partition-ignored']);
    assert.deepEqual(await rules(disc(1), handling), ['warning one-broker']);
    assert.match((await lint(disc(3), handling))[0]?.next ?? '', /pause_minority/);
    assert.deepEqual(await rules(disc(3), 'rabbit_config_partition_handling: keep'), []);
  });

  it('does not lean on ram nodes', async () => {
    assert.deepEqual(await rules([...disc(2), RAM]), ['warning ram-node']);
    assert.deepEqual(await rules([...disc(1), RAM, RAM]), [
      'error single-disc-node',
      'warning ram-node',
      'warning ram-node',
    ]);
    const five = await lint([...disc(2), RAM, RAM, RAM]);
    assert.deepEqual([five[0]?.rule, five[0]?.hosts], ['ram-majority', ['mq3', 'mq4', 'mq5']]);
  });

  it('leaves no guest in', async () => {
    assert.deepEqual(await rules(disc(3), 'rabbit_guest: keep'), ['warning guest-left']);
    assert.deepEqual(await rules(disc(3), 'rabbit_admin_user: guest'), ['error guest-left']);
  });

  it('has no clients that come as guest', async () => {
    assert.deepEqual(await rules(disc(3), "url: 'amqp://guest:guest@192.0.2.200:5673'"), [
      'error guest-client',
    ]);
    assert.deepEqual(await rules(disc(3), "url: 'amqp://192.0.2.200:5673'"), ['error guest-client']);
    assert.deepEqual(await rules(disc(3), "url: 'amqp://app:pw@192.0.2.200:5673'"), []);
  });

  it('keeps no standing word to wipe a node', async () => {
    assert.deepEqual(await rules(disc(3), 'rabbit_allow_data_loss: [mq2]'), ['warning data-loss-allowed']);
    assert.deepEqual(await rules(disc(3), 'x: 1', ['{"rabbit_allow_data_loss": ["mq2"]}']), []);
  });

  it('tells no secret', async () => {
    assert.doesNotMatch(
      JSON.stringify(await lint([RAM, '', ''], 'rabbit_guest: keep')),
      /not-for-the-screen/,
    );
  });
});
