import assert from 'node:assert/strict';
import type { Policy } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { advise } from '../../../roles/ha-policy/advice.ts';
import { compile } from '../../../roles/ha-policy/definition.ts';
import { askStragglers, type Straggler } from '../../../roles/ha-policy/queues.ts';
import { given } from './given.ts';

const mirrors = compile(given(), 3, '3.10.8');
const quorum = compile(given(), 3, '4.0.5');
const queue = (told: Partial<Straggler> = {}): Straggler => ({
  name: 'orders',
  type: 'rabbit_classic_queue',
  durable: true,
  exclusive: false,
  autoDelete: false,
  members: 0,
  policy: null,
  ...told,
});
const short: Partial<Straggler> = { type: 'rabbit_quorum_queue', members: 1, policy: 'ha-all' };

describe('queues that a policy does not help', () => {
  const cases: readonly (readonly [string, typeof quorum, Partial<Straggler>, RegExp | undefined])[] = [
    ['classic', quorum, {}, /^orders: a classic queue, which can not become.*x-queue-type: quorum$/],
    ['not durable', quorum, { durable: false }, /^orders: a classic queue, not durable; declare it durable$/],
    ['auto-delete', quorum, { autoDelete: true }, /auto-delete; declare it without.*x-expires/],
    ['exclusive', quorum, { exclusive: true, durable: false }, /^orders: exclusive, so it ends with/],
    ['exclusive', mirrors, { exclusive: true }, /^orders: exclusive/],
    ['with too few members', quorum, short, /: 1 of 3 members; .*grow.*--queue-pattern '\^orders\$'$/],
    ['not yet under the policy', mirrors, {}, undefined],
    ['under a policy of lower priority', mirrors, { policy: 'low' }, undefined],
    [
      'under a policy that wins',
      mirrors,
      { policy: 'high' },
      /policy high of priority 7 applies to it instead/,
    ],
    ['under a policy that wins', quorum, { ...short, policy: 'high' }, /policy high of priority 7/],
  ];
  const policies = [
    ['low', -1],
    ['high', 7],
  ].map(([name, priority]) => ({ ...quorum.policy, name, priority })) as readonly Policy[];
  for (const [what, wanted, told, text] of cases) {
    it(`${what}, among ${wanted.kind}`, () => {
      const report = advise({ total: 1, queues: [queue(told)] }, wanted, policies);
      if (text === undefined) assert.equal(report, undefined);
      else assert.match(report?.text ?? '', text);
    });
  }

  it('are all counted, and the first of them named', () => {
    const queues = Array.from({ length: 30 }, (_, i) => queue({ name: `q${i}` }));
    const report = advise({ total: 500, queues }, quorum, []);
    assert.ok(report);
    assert.equal(report.text.split('\n').length, 21);
    assert.match(report.text, /\nand 480 more$/);
    assert.equal((report.data as { readonly total: number }).total, 500);
    assert.equal(advise({ total: 0, queues: [] }, quorum, []), undefined);
  });

  it('are asked for without putting the pattern into the code', () => {
    const evil = compile(given({ ha_policy_pattern: '"), halt(). % \\' }), 3, '4.0.5');
    assert.ok(!String(askStragglers(evil).script).includes('halt()'));
  });
});
