import assert from 'node:assert/strict';
import { compile } from '../../../roles/ha-policy/definition.ts';
import { majority } from '../../../roles/ha-policy/intent.ts';
import { given } from './given.ts';

const MIRRORED = ['3.8.35', '3.9.29', '3.10.8', '3.11.28', '3.12.14', '3.13.7'] as const;
const QUORUM = ['4.0.5', '4.1.8', '4.2.0', '4.3.1', '5.0.0'] as const;

describe('one intent, on every version', () => {
  const intent = given({ ha_policy_survive: 1 });

  for (const version of MIRRORED) {
    it(`is F+1 mirrors on ${version}, leaders by the key that classic queues heed`, () => {
      assert.deepEqual(compile(intent, 3, version), {
        kind: 'mirrors',
        policy: {
          vhost: '/',
          name: 'ha-all',
          pattern: '^(?!amq\\.).*',
          priority: 0,
          applyTo: 'queues',
          definition: {
            'ha-mode': 'exactly',
            'ha-params': 2,
            'ha-sync-mode': 'automatic',
            'queue-master-locator': 'min-masters',
          },
        },
        operator: undefined,
        defaultQueueType: undefined,
        members: undefined,
      });
    });
  }

  for (const version of QUORUM) {
    it(`is quorum queues of 2F+1 members on ${version}`, () => {
      assert.deepEqual(compile(intent, 3, version), {
        kind: 'quorum',
        policy: {
          vhost: '/',
          name: 'ha-all',
          pattern: '^(?!amq\\.).*',
          priority: 0,
          applyTo: 'quorum_queues',
          definition: { 'queue-leader-locator': 'balanced', 'target-group-size': 3, 'delivery-limit': 20 },
        },
        operator: undefined,
        defaultQueueType: 'quorum',
        members: 3,
      });
    });
  }

  const earlyQuorum: readonly (readonly [string, object, string, 'quorum' | undefined])[] = [
    ['3.8.35', { 'delivery-limit': 20 }, 'queues', undefined],
    ['3.9.29', { 'delivery-limit': 20 }, 'queues', undefined],
    ['3.10.8', { 'queue-leader-locator': 'balanced', 'delivery-limit': 20 }, 'queues', undefined],
    ['3.11.28', { 'queue-leader-locator': 'balanced', 'delivery-limit': 20 }, 'queues', undefined],
    ['3.12.14', { 'queue-leader-locator': 'balanced', 'delivery-limit': 20 }, 'quorum_queues', 'quorum'],
    [
      '3.13.7',
      { 'queue-leader-locator': 'balanced', 'target-group-size': 3, 'delivery-limit': 20 },
      'quorum_queues',
      'quorum',
    ],
  ];
  for (const [version, definition, applyTo, type] of earlyQuorum) {
    it(`is quorum queues on ${version} too where that is asked for, with what it knows`, () => {
      const compiled = compile({ ...intent, ha_policy_replication: 'quorum' }, 3, version);
      assert.equal(compiled.kind, 'quorum');
      assert.deepEqual(compiled.policy.definition, definition);
      assert.equal(compiled.policy.applyTo, applyTo);
      assert.equal(compiled.defaultQueueType, type);
    });
  }
});

describe('what mode and count say', () => {
  for (const version of MIRRORED) {
    it(`is mirrors and nothing else on ${version}`, () => {
      assert.deepEqual(compile(given(), 3, version).policy.definition, {
        'ha-mode': 'all',
        'ha-sync-mode': 'automatic',
      });
    });
  }

  for (const [nodes, copies, members] of [
    [1, 1, 1],
    [2, 2, 1],
    [3, 2, 3],
    [4, 3, 3],
    [5, 3, 5],
    [6, 4, 5],
    [7, 4, 7],
    [9, 5, 7],
  ] as const) {
    it(`is ${copies} copies, or ${members} members, on ${nodes} nodes in mode exactly`, () => {
      assert.equal(majority(nodes), copies);
      const exactly = given({ ha_policy_mode: 'exactly' });
      assert.equal(compile(exactly, nodes, '3.10.8').policy.definition['ha-params'], copies);
      assert.equal(compile(exactly, nodes, '4.0.5').policy.definition['target-group-size'], members);
      assert.equal(compile(given(), nodes, '4.0.5').members, members);
    });
  }

  it('takes a count for what it survives', () => {
    const count = (copies: number, nodes: number) =>
      compile(given({ ha_policy_mode: 'exactly', ha_policy_count: copies }), nodes, '4.0.5').members;
    assert.deepEqual([count(1, 3), count(2, 3), count(3, 3), count(3, 5), count(2, 5)], [1, 3, 3, 5, 3]);
  });
});

describe('the options of a policy', () => {
  const definition = (version: string, changed: Parameters<typeof given>[0]) =>
    compile(given(changed), 3, version).policy.definition;

  it('takes pattern, further keys and apply-to as given', () => {
    const changed = {
      ha_policy_pattern: '^ha\\.',
      ha_policy_apply_to: 'all',
      ha_policy_definition: { 'dead-letter-exchange': 'dlx' },
    } as const;
    for (const version of ['3.10.8', '4.0.5']) {
      const { policy } = compile(given(changed), 3, version);
      assert.equal(policy.pattern, '^ha\\.');
      assert.equal(policy.applyTo, 'all');
      assert.equal(policy.definition['dead-letter-exchange'], 'dlx');
    }
  });

  it('puts leaders where they are wanted, in the words of each kind', () => {
    const local = { ha_policy_leaders: 'client-local' } as const;
    assert.equal(definition('3.10.8', local)['queue-master-locator'], 'client-local');
    assert.equal(definition('4.0.5', local)['queue-leader-locator'], 'client-local');
    assert.equal(
      definition('3.10.8', { ha_policy_leaders: 'balanced' })['queue-master-locator'],
      'min-masters',
    );
  });

  it('translates the master locator, which would keep the policy from quorum queues', () => {
    for (const [master, leader] of [
      ['min-masters', 'balanced'],
      ['random', 'balanced'],
      ['client-local', 'client-local'],
    ] as const) {
      const raw = { ha_policy_definition: { 'queue-master-locator': master } };
      assert.equal(definition('3.10.8', raw)['queue-master-locator'], master);
      assert.deepEqual(definition('4.0.5', raw), {
        'queue-leader-locator': leader,
        'target-group-size': 3,
        'delivery-limit': 20,
      });
    }
  });

  it('limits deliveries of quorum queues only: it would keep the policy from classic ones', () => {
    const limit = { ha_policy_delivery_limit: 5 };
    assert.equal(definition('3.13.7', limit)['delivery-limit'], undefined);
    assert.equal(definition('4.0.5', limit)['delivery-limit'], 5);
  });

  it('leaves the default queue type alone when told to', () => {
    const kept = given({ ha_policy_default_queue_type: 'keep' });
    assert.equal(compile(kept, 3, '4.0.5').defaultQueueType, undefined);
  });

  it('sets an operator policy for the same queues where there are limits', () => {
    const limited = given({ ha_policy_operator: { 'max-length': 1000 }, ha_policy_priority: 3 });
    for (const version of ['3.8.35', '4.2.0']) {
      assert.deepEqual(compile(limited, 3, version).operator, {
        vhost: '/',
        name: 'ha-all',
        pattern: '^(?!amq\\.).*',
        priority: 3,
        applyTo: 'queues',
        definition: { 'max-length': 1000 },
      });
    }
  });
});
