import assert from 'node:assert/strict';
import { formatError, PlayError } from '../../../lib/index.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/policy.ts';
import { refuse } from '../../../roles/ha-policy/refuse.ts';
import { validate } from '../../../roles/ha-policy/validate.ts';
import { given } from './given.ts';

describe('what a version refuses is refused before anything is changed', () => {
  const refused: readonly (readonly [string, Partial<Vars>, RegExp])[] = [
    [
      '4.0.5',
      { ha_policy_definition: { 'ha-promote-on-shutdown': 'always' } },
      /RabbitMQ 4\.0\.5 has no mirrored queues.*\n.*has ha-promote-on-shutdown\n.*ha_policy_survive: 1/,
    ],
    [
      '4.1.0',
      { ha_policy_survive: 2 },
      /need 5 nodes on RabbitMQ 4\.1\.0, and there are only 3\n(.*\n)*.*to 1/,
    ],
    [
      '3.8.3',
      { ha_policy_definition: { 'queue-leader-locator': 'random' } },
      /3\.8\.3 does not know the key queue-leader-locator/,
    ],
    [
      '3.13.7',
      { ha_policy_definition: { 'queue-leader-locator': 'balanced' } },
      /would apply to no queue\n.*classic queues of RabbitMQ 3\.13\.7 pass over/,
    ],
    [
      '4.0.5',
      { ha_policy_definition: { 'queue-mode': 'lazy' } },
      /would apply to no queue\n.*the quorum queues/,
    ],
    [
      '3.12.0',
      { ha_policy_operator: { 'target-group-size': 3 } },
      /takes no target-group-size in an operator/,
    ],
    ['3.11.5', { ha_policy_apply_to: 'classic_queues' }, /can't apply a policy to classic_queues\n.*3\.12/],
    ['3.13.7', { ha_policy_apply_to: 'quorum_queues' }, /replicates nothing on RabbitMQ 3\.13\.7/],
    ['4.0.5', { ha_policy_apply_to: 'classic_queues' }, /replicates nothing on RabbitMQ 4\.0\.5/],
    [
      '3.13.7',
      { ha_policy_delivery_limit: -1, ha_policy_replication: 'quorum' },
      /3\.13\.7 takes no negative delivery-limit/,
    ],
  ];
  for (const [version, vars, text] of refused) {
    it(`${version}: ${JSON.stringify(vars)}`, () => {
      assert.throws(
        () => refuse(given(vars), 3, version),
        (error) => {
          assert.ok(error instanceof PlayError);
          assert.equal(error.kind, 'failed');
          assert.ok(error.next, 'says what to do');
          assert.match(formatError(error), text);
          return true;
        },
      );
    });
  }

  it('and nothing else is', () => {
    const fine: readonly (readonly [string, Partial<Vars>])[] = [
      ['3.13.7', { ha_policy_definition: { 'ha-promote-on-shutdown': 'always' } }],
      ['3.13.7', { ha_policy_survive: 2 }],
      ['4.0.5', { ha_policy_survive: 1 }],
      ['4.0.5', { ha_policy_definition: { 'queue-master-locator': 'min-masters' } }],
      ['4.0.5', { ha_policy_definition: { 'dead-letter-exchange': 'x', 'a-plugins-key': 'y' } }],
      ['4.0.5', { ha_policy_apply_to: 'quorum_queues', ha_policy_delivery_limit: -1 }],
      ['3.13.7', { ha_policy_operator: { 'target-group-size': 3, 'max-length': 9 } }],
      ['3.12.1', { ha_policy_apply_to: 'classic_queues', ha_policy_delivery_limit: -1 }],
    ];
    for (const [version, vars] of fine) refuse(given(vars), 3, version);
    for (const version of [
      '3.8.0',
      '3.9.0',
      '3.10.8',
      '3.11.0',
      '3.12.0',
      '3.13.0',
      '4.0.5',
      '4.1.0',
      '4.2.0',
    ]) {
      refuse(given(), 3, version);
      refuse(given({ ha_policy_mode: 'exactly', ha_policy_count: 3 }), 3, version);
    }
  });
});

describe('what no version could mean is refused before any host is contacted', () => {
  const refused: readonly (readonly [Partial<Vars>, RegExp])[] = [
    [{ ha_policy_absent: ['ha-all'] }, /policy ha-all is both wanted and to be absent/],
    [
      { ha_policy_operator: { expires: 9 }, ha_policy_operator_absent: ['ha-all'] },
      /operator policy ha-all is both/,
    ],
    [{ ha_policy_count: 1 }, /is for ha_policy_mode exactly/],
    [{ ha_policy_mode: 'exactly', ha_policy_count: 4 }, /ha_policy_count is 4, and there are only 3 nodes/],
    [{ ha_policy_mode: 'exactly', ha_policy_count: 2, ha_policy_survive: 1 }, /leave one of them out/],
    [{ ha_policy_survive: 3 }, /ha_policy_survive is 3, and there are only 3 nodes/],
    [{ ha_policy_survive: 2, ha_policy_replication: 'quorum' }, /need 5, and there are only 3/],
    [
      { ha_policy_operator: { 'max-lenght': 5 } },
      /no operator policy can hold max-lenght; it can hold .*max-length/,
    ],
    [{ ha_policy_definition: { 'delivery-limit': '5' } }, /takes a number.*ha_policy_delivery_limit/],
    [{ ha_policy_definition: { 'max-length': '5' } }, /takes a number.*ha_policy_operator/],
    [
      { ha_policy_definition: { 'ha-mode': 'all' }, ha_policy_replication: 'quorum' },
      /ha-mode, which keeps a policy from every quorum queue/,
    ],
    [{ ha_policy_apply_to: 'exchanges', ha_policy_replication: 'quorum' }, /wants quorum queues/],
  ];
  for (const [vars, text] of refused) {
    it(JSON.stringify(vars), () => {
      assert.throws(() => validate(given(vars), 3), { message: text });
    });
  }

  it('and nothing else is', () => {
    validate(given(), 1);
    validate(given({ ha_policy_survive: 0 }), 1);
    validate(given({ ha_policy_survive: 2 }), 3);
    validate(given({ ha_policy_mode: 'exactly', ha_policy_count: 3 }), 3);
    validate(given({ ha_policy_definition: { 'ha-mode': 'nodes' } }), 3);
    validate(given({ ha_policy_survive: 1, ha_policy_replication: 'quorum' }), 3);
  });
});
