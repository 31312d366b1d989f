import assert from 'node:assert/strict';
import type { GateContext } from '../../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../../lib/run/handoffs.ts';
import type { Health } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import { readyToGrow } from '../../../../roles/operations/rabbit-grow/gates.ts';
import { answer, appStopped, known, running } from '../../domain/rabbitmq/nodes.ts';
import { packed } from '../../domain/rabbitmq/packed.ts';
import { a, b, c, health } from '../../domain/rabbitmq/views.ts';

/** The gate's reasons for the newcomer d, as these brokers see the cluster and as d itself is. */
function reasons(views: Readonly<Record<string, Health>>, newcomer = answer(running('d'))) {
  const context: GateContext = {
    moment: 'before',
    ...handoffContext(new Handoffs()),
    next: [],
    check: false,
    playHosts: ['a', 'b', 'c', 'd'].map((name) => known(name, '192.0.2.1')),
    group: () => [],
    async query(of, question) {
      return new Map(
        of.flatMap(({ name }) => {
          const view = views[name];
          const stdout =
            question.name === "the cluster's health"
              ? view && packed(view).stdout
              : name === 'd' && newcomer.stdout;
          return stdout ? [[name, question.parse({ code: 0, stdout, stderr: '' })] as const] : [];
        }),
      );
    },
  };
  return readyToGrow('d').check(context);
}

describe('the gate before a node comes', () => {
  const d = 'rabbit@d';

  it('holds for a calm cluster, whatever the newcomer says of itself', async () => {
    assert.deepEqual(await reasons({ a: health(), b: health({ node: b }), c: health({ node: c }) }), []);
    const alone = health({ node: d, members: [d], up: [d], alarms: [{ what: 'disk', node: d }] });
    assert.deepEqual(await reasons({ a: health(), d: alone }), []);
  });

  it('holds for a newcomer that a killed run left half-way', async () => {
    const half = health({ members: [a, b, c, d] });
    assert.deepEqual(await reasons({ a: half }, answer(appStopped('d', [a, b, c, d]))), []);
  });

  it('does not hold with a member down, or when nobody can be asked', async () => {
    assert.deepEqual(await reasons({ a: health({ up: [a, b] }) }), ['rabbit@c is down']);
    assert.deepEqual(await reasons({}), ['no broker answers']);
    assert.deepEqual(await reasons({ a: health() }, { code: 1, stdout: '', stderr: '' }), [
      "d can't be reached",
    ]);
  });
});
