import assert from 'node:assert/strict';
import type { RoleHost, StepContext } from '../../../lib/index.ts';
import { rabbitConfig } from '../../../roles/rabbit-config/index.ts';
import type { Vars } from '../../../roles/rabbit-config/vars.ts';
import { context, defaultsOf, known, running } from '../support/rabbitmq/nodes.ts';

const { definition } = rabbitConfig;
const nodes = { a: running('a'), b: running('b') };
const host = (name: string, vars: Partial<Vars>): RoleHost<Vars> => ({
  ...known(name, '192.0.2.11'),
  vars: { ...(defaultsOf(definition.vars.properties) as unknown as Vars), ...vars },
});

async function step(index: number, vars: Partial<Vars>, rest: Partial<StepContext<Vars>> = {}) {
  const hosts = [host('a', vars), host('b', vars)];
  const asked = context(hosts, nodes, rest);
  const ask = asked.context.query;
  const layout = await definition.steps[index]?.({
    ...asked.context,
    query: (names, question) =>
      question.name.includes('TLS')
        ? Promise.resolve(
            new Map(names.map(({ name }) => [name, question.parse({ code: 0, stdout: '', stderr: '' })])),
          )
        : ask(names, question),
  });
  assert.ok(layout);
  return hosts.map((each) => layout(each).map(({ title }) => title));
}

describe('the role rabbit-config', () => {
  it('does and asks nothing when nothing is wanted', async () => {
    const query = () => Promise.reject(new Error('asked'));
    for (const index of [0, 1, 2]) assert.deepEqual(await step(index, {}, { query }), [[], []]);
  });

  it('writes the file and sees to the restart', async () => {
    const titles = [
      'directory /etc/rabbitmq',
      'file /etc/rabbitmq/rabbitmq.conf',
      'broker runs with its configuration',
    ];
    assert.deepEqual(await step(1, { broker_partition_handling: 'autoheal' }), [titles, titles]);
  });

  it('makes brokers blank first, and has them find each other last', async () => {
    const vars = { broker_peer_discovery: 'classic_config' } as const;
    assert.deepEqual(await step(0, vars), [
      ['broker ready for peer discovery'],
      ['broker ready for peer discovery'],
    ]);
    assert.deepEqual((await step(2, vars))[1], ['formed with rabbit@a by peer discovery']);
  });
});
