import assert from 'node:assert/strict';
import { hasMirroring, majority, wantedPolicy } from '../../../roles/ha-policy/definition.ts';
import { policy } from '../../../roles/ha-policy/policy.ts';
import { type Vars, vars } from '../../../roles/ha-policy/vars.ts';
import type { Live } from '../../../roles/support/rabbitmq/snapshot.ts';
import { answer, appStopped, defaultsOf, running } from '../support/rabbitmq/nodes.ts';

const given = (changed: Partial<Vars> = {}): Vars => ({
  ...(defaultsOf(vars.properties) as unknown as Vars),
  ...changed,
});

describe('the policy that the variables ask for', () => {
  it("mirrors all queues but the broker's own, by default", () => {
    assert.deepEqual(wantedPolicy(given(), 3), {
      vhost: '/',
      name: 'ha-all',
      pattern: '^(?!amq\\.).*',
      priority: 0,
      applyTo: 'queues',
      definition: { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' },
    });
  });

  for (const [nodes, copies] of [
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
  ] as const) {
    it(`keeps ${copies} copies on ${nodes} nodes in mode exactly`, () => {
      assert.equal(majority(nodes), copies);
      const { definition } = wantedPolicy(given({ ha_policy_mode: 'exactly' }), nodes);
      assert.deepEqual(definition, {
        'ha-mode': 'exactly',
        'ha-params': copies,
        'ha-sync-mode': 'automatic',
      });
    });
  }

  it('takes a count, a pattern and further keys as given', () => {
    const wanted = wantedPolicy(
      given({
        ha_policy_mode: 'exactly',
        ha_policy_count: 3,
        ha_policy_pattern: '^ha\\.',
        ha_policy_definition: { 'queue-master-locator': 'min-masters' },
      }),
      5,
    );
    assert.equal(wanted.pattern, '^ha\\.');
    assert.deepEqual(wanted.definition, {
      'ha-mode': 'exactly',
      'ha-params': 3,
      'ha-sync-mode': 'automatic',
      'queue-master-locator': 'min-masters',
    });
  });

  it('is known to brokers below 4.0 only', () => {
    assert.deepEqual(
      ['3.8.2', '3.10.8', '3.13.7', '4.0.0-rc.1', '4.0.5', '4.2.1', '10.0'].map(hasMirroring),
      [true, true, true, false, false, false, false],
    );
  });
});

describe('a policy', () => {
  const wanted = wantedPolicy(given({ ha_policy_mode: 'exactly', ha_policy_priority: 1 }), 3);
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
