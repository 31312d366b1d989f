import assert from 'node:assert/strict';
import type { Live } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import {
  askKept,
  type DefaultTypeState,
  defaultQueueType,
} from '../../../roles/ha-policy/default-queue-type.ts';
import { compile } from '../../../roles/ha-policy/definition.ts';
import { operatorPolicy, policy } from '../../../roles/ha-policy/policy.ts';
import { answer, appStopped, running } from '../domain/rabbitmq/nodes.ts';
import { packed } from '../domain/rabbitmq/packed.ts';
import { given } from './given.ts';

describe('a policy', () => {
  const exactly = given({ ha_policy_mode: 'exactly', ha_policy_priority: 1 });
  const { policy: wanted } = compile(exactly, 3, '3.10.8');
  const changes = (told: Partial<Live>) => policy(wanted).assess(answer(running('a', told)), []).changes;

  it('is right whatever the order of its keys', () => {
    const definition = { 'ha-sync-mode': 'automatic', 'ha-params': 2, 'ha-mode': 'exactly' };
    assert.deepEqual(changes({ policies: [{ ...wanted, definition }] }), []);
  });

  it('is compared part by part', () => {
    const parts: readonly (readonly [object, string, string, string])[] = [
      [{ pattern: '^' }, 'pattern', '^', wanted.pattern],
      [{ priority: 0 }, 'priority', '0', '1'],
      [{ applyTo: 'all' }, 'applyTo', 'all', 'queues'],
      [
        { definition: { 'ha-mode': 'exactly', 'ha-params': '2', 'ha-sync-mode': 'automatic' } },
        'definition',
        '{"ha-mode":"exactly","ha-params":"2","ha-sync-mode":"automatic"}',
        '{"ha-mode":"exactly","ha-params":2,"ha-sync-mode":"automatic"}',
      ],
    ];
    for (const [changed, what, from, to] of parts) {
      assert.deepEqual(changes({ policies: [{ ...wanted, ...changed }] }), [{ what, from, to }]);
    }
  });

  it('is missing where another virtual host has one of its name', () => {
    const elsewhere = { vhosts: ['/', 'v'], policies: [{ ...wanted, vhost: 'v' }] };
    assert.equal(changes(elsewhere)[0]?.from, 'absent');
  });

  it('is set with every part, none of which a shell expands', () => {
    const script = policy(wanted)
      .assess(answer(running('a')), [])
      .apply().script;
    assert.ok(
      String(script).endsWith(
        `rabbitmqctl -q set_policy -p / --priority 1 --apply-to queues ha-all '^(?!amq\\.).*' '{"ha-mode":"exactly","ha-params":2,"ha-sync-mode":"automatic"}' 9>&-`,
      ),
      String(script),
    );
  });

  it('is removed when it is to be absent', () => {
    const gone = policy({ vhost: '/', name: 'old', absent: true });
    assert.deepEqual(gone.assess(answer(running('a')), []).changes, []);
    const there = gone.assess(answer(running('a', { policies: [{ ...wanted, name: 'old' }] })), []);
    assert.deepEqual(there.changes, [{ what: 'policy', from: 'present', to: 'absent' }]);
    assert.match(String(there.apply().script), /clear_policy -p \/ old 9>&-$/);
  });

  it('needs a broker that runs and its virtual host', () => {
    assert.throws(() => policy(wanted).assess(answer(appStopped('a')), []), /the broker is not running/);
    assert.throws(() => changes({ vhosts: ['v'] }), /there is no virtual host \//);
  });
});

describe('an operator policy', () => {
  const { operator } = compile(given({ ha_policy_operator: { 'max-length': 1000 } }), 3, '4.0.5');
  assert.ok(operator);
  const assess = (told: Partial<Live>) => operatorPolicy(operator).assess(answer(running('a', told)), []);

  it('is looked for among its like, and set by its own verb', () => {
    const missing = assess({ policies: [operator] });
    assert.deepEqual(missing.changes, [
      { what: 'operator policy', from: 'absent', to: '{"max-length":1000}' },
    ]);
    assert.match(
      String(missing.apply().script),
      / set_operator_policy -p \/ --priority 0 --apply-to queues ha-all /,
    );
    assert.deepEqual(assess({ operatorPolicies: [operator] }).changes, []);
  });

  it('is removed by its own verb', () => {
    const gone = operatorPolicy({ vhost: '/', name: 'old', absent: true });
    assert.deepEqual(
      gone.assess(answer(running('a', { policies: [{ ...operator, name: 'old' }] })), []).changes,
      [],
    );
    const there = gone.assess(answer(running('a', { operatorPolicies: [{ ...operator, name: 'old' }] })), []);
    assert.match(String(there.apply().script), / clear_operator_policy -p \/ old 9>&-$/);
  });
});

describe('a default queue type', () => {
  const task = defaultQueueType({ vhost: '/', type: 'quorum' });
  const held = { vhost: '/', now: 'classic', total: 0, names: [] };
  const told = (state: Partial<DefaultTypeState> = {}) =>
    packed({ running: true, exists: true, set: null, held, ...state });
  const changes = (state: Partial<DefaultTypeState>) => task.assess(told(state), []).changes;

  it('is right by its name or its module', () => {
    assert.deepEqual(changes({ set: 'quorum' }), []);
    assert.deepEqual(changes({ set: 'rabbit_quorum_queue' }), []);
  });

  it('is set where it is another one or none', () => {
    assert.deepEqual(changes({}), [{ what: 'default queue type', from: 'not set', to: 'quorum' }]);
    assert.deepEqual(changes({ set: 'classic' }), [
      { what: 'default queue type', from: 'classic', to: 'quorum' },
    ]);
    const script = String(task.assess(told(), []).apply().script);
    assert.match(script, / update_vhost_metadata \/ --default-queue-type quorum 9>&-$/);
  });

  it('is left as it is, set or not, while queues could not be declared again', () => {
    const two = { ...held, total: 2, names: ['a', 'b'] };
    for (const set of [null, 'classic', 'stream'])
      assert.deepEqual(changes({ set, held: two }), [], `${set}`);
    assert.throws(() => changes({ held: null }), /the queues .* could not be listed/);
    assert.deepEqual(changes({ set: 'quorum', held: null }), []);
  });

  it('says which queues keep it and what to do, and nothing where none does', () => {
    const question = askKept({ vhost: '/', type: 'quorum' });
    assert.equal(String(question.script), String(task.probe.script), 'one look for both');
    const names = Array.from({ length: 10 }, (_, i) => `q${i}`);
    const many = question.parse(told({ held: { ...held, total: 12, names } })) ?? '';
    assert.match(
      many,
      /virtual host \/ stays classic.*12 durable classic queues \("q0", .*"q9" and 2 more\)/,
    );
    assert.match(
      many,
      /error 406.*x-queue-type: quorum.*update_vhost_metadata '\/' --default-queue-type quorum/,
    );
    const one = question.parse(told({ held: { ...held, total: 1, names: ['old'] } })) ?? '';
    assert.match(one, /1 durable classic queue \("old"\)/);
    assert.equal(question.parse(told()), undefined);
    assert.equal(question.parse(told({ held: null })), undefined);
  });

  it('needs a broker that runs and its virtual host', () => {
    assert.throws(() => changes({ running: false }), /the broker is not running/);
    assert.throws(() => task.assess({ code: 0, stdout: '', stderr: '' }, []), /the broker is not running/);
    assert.throws(() => changes({ exists: false }), /no virtual host \//);
  });
});
