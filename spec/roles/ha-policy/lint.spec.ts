import assert from 'node:assert/strict';
import { haPolicy } from '../../../roles/ha-policy/index.ts';
import { covers } from '../../../roles/ha-policy/lint.ts';
import { lintPlays } from '../../lint/support.ts';

type Given = NonNullable<Parameters<typeof haPolicy>[0]>;

const INVENTORY = `brokers:
  hosts:
    mq1:
    mq2:
    mq3:
`;

async function rules(first: Given, second: Given, inventory = INVENTORY): Promise<readonly string[]> {
  const play = (given: Given) => ({ name: 'p', hosts: 'brokers', roles: [haPolicy(given)] });
  const findings = await lintPlays([play(first), play(second)], inventory);
  return findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

describe('the policies of a playbook', () => {
  const all: Given = { ha_policy_name: 'all', ha_policy_pattern: '^' };
  const orders: Given = { ha_policy_name: 'orders', ha_policy_pattern: '^orders\\.' };

  it('are well when the narrower one comes first, or they never meet', async () => {
    assert.deepEqual(await rules(all, { ...orders, ha_policy_priority: 1 }), []);
    assert.deepEqual(await rules(orders, { ...all, ha_policy_pattern: '^mail\\.' }), []);
    assert.deepEqual(await rules(all, { ...all, ha_policy_name: 'b', ha_policy_vhost: 'other' }), []);
    assert.deepEqual(await rules(all, { ...all, ha_policy_name: 'b', ha_policy_apply_to: 'exchanges' }), []);
    assert.deepEqual(await rules(all, all), []);
  });

  it('overlap when they match the same with the same priority', async () => {
    // As the tutorial's ha-all and ha-two do.
    assert.deepEqual(await rules(all, { ...all, ha_policy_name: 'ha-two' }), ['error policy-overlap']);
    assert.deepEqual(await rules(orders, all), ['error policy-overlap']);
    assert.deepEqual(await rules(all, { ...orders, ha_policy_apply_to: 'all' }), ['error policy-overlap']);
  });

  it('hide one another', async () => {
    assert.deepEqual(await rules({ ...all, ha_policy_priority: 5 }, orders), ['warning policy-hidden']);
    assert.deepEqual(await rules(orders, { ...all, ha_policy_priority: 5 }), ['warning policy-hidden']);
  });

  it('have one meaning each', async () => {
    assert.deepEqual(await rules(all, { ...all, ha_policy_pattern: '^x' }), ['error policy-twice']);
    const differing = INVENTORY.replace('mq2:', 'mq2: { ha_policy_priority: 3 }');
    const findings = await lintPlays([{ name: 'p', hosts: 'brokers', roles: [haPolicy()] }], differing);
    assert.deepEqual(
      findings.map(({ rule, hosts, where }) => [rule, hosts, where.line]),
      [['policy-differs-by-host', ['mq1', 'mq2'], 4]],
    );
  });
});

describe('a pattern covers another', () => {
  const yes = [
    ['^', 'x'],
    ['.*', '^a$'],
    ['^(?!amq\\.).*', '^orders'],
    ['^orders', '^orders\\.'],
    ['^orders\\.', '^orders\\.eu$'],
    ['^a|b', '^a|b'],
  ] as const;
  const no = [
    ['^orders\\.', '^orders'],
    ['^orders', '^orde'],
    ['^(?!amq\\.).*', '^'],
    ['^(?!amq\\.).*', '^amq\\.gen'],
    ['^orders', '^orders?'],
    ['^orders', '^orders|^mail'],
    ['orders', '^orders'],
    ['[a-z]+', 'x'],
  ] as const;
  for (const [wide, narrow] of yes) it(`${wide} ${narrow}`, () => assert.equal(covers(wide, narrow), true));
  for (const [wide, narrow] of no)
    it(`not ${wide} ${narrow}`, () => assert.equal(covers(wide, narrow), false));
});
