import assert from 'node:assert/strict';
import type { RoleHost, StepContext } from '../../../lib/index.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/config.ts';
import { rabbitConfig } from '../../../roles/rabbit-config/index.ts';
import { answer, context, defaultsOf, known, running } from '../domain/rabbitmq/nodes.ts';

const { definition } = rabbitConfig;
const nodes = { a: running('a'), b: running('b'), c: running('c') };
const host = (name: string, vars: Partial<Vars>): RoleHost<Vars> => ({
  ...known(name, '192.0.2.11', vars),
  vars: { ...(defaultsOf(definition.vars.properties) as unknown as Vars), ...vars },
});

async function step(
  index: number,
  vars: Partial<Vars>,
  rest: Partial<StepContext<Vars>> = {},
  names: readonly string[] = ['a', 'b'],
) {
  const hosts = names.map((name) => host(name, vars));
  const asked = context(hosts, nodes, rest);
  const ask = asked.context.query;
  const layout = await definition.steps[index]?.({
    ...asked.context,
    query: (names, question) =>
      question.name !== 'state of the broker'
        ? Promise.resolve(
            new Map(names.map(({ name }) => [name, question.parse({ code: 0, stdout: '', stderr: '' })])),
          )
        : ask(names, question),
  });
  assert.ok(layout);
  return hosts.map((each) => layout(each).map(({ title }) => title));
}

describe('the role rabbit-config', () => {
  it('does nothing when nothing is wanted of two brokers', async () => {
    const query = () => Promise.reject(new Error('asked'));
    for (const index of [0, 2]) assert.deepEqual(await step(index, {}, { query }), [[], []]);
    assert.deepEqual(await step(1, {}), [[], []]);
  });

  const file = 'file /etc/rabbitmq/rabbitmq.conf';
  const loaded = 'broker runs with its configuration';
  const dropIn = ['directory /etc/rabbitmq/conf.d', 'file /etc/rabbitmq/conf.d/50-ts-play-partitions.conf'];
  const runs = (handling: string) => `broker runs with cluster_partition_handling ${handling}`;

  it('has three brokers pause as a minority, and leaves rabbitmq.conf alone for that', async () => {
    const names = ['a', 'b', 'c'];
    const titles = [...dropIn, runs('pause_minority')];
    assert.deepEqual(await step(1, {}, {}, names), [titles, titles, titles]);
    const limited = { playHosts: names.map((name) => known(name, '192.0.2.11')) };
    assert.deepEqual(await step(1, {}, limited), [titles, titles], 'whatever the limit');
    const others = ['directory /etc/rabbitmq', file, ...dropIn, loaded, runs('pause_minority')];
    assert.deepEqual((await step(1, { rabbit_config_listeners: ['5672'] }, {}, names))[2], others);
  });

  it('says nothing of partitions to a broker for which they mean nothing', async () => {
    const khepri = { version: '4.3.0', partitionHandling: 'ignore' };
    const query: StepContext<Vars>['query'] = async (of, question) =>
      new Map(
        of.map(({ name }) => [
          name,
          question.parse(
            question.name === 'state of the broker'
              ? answer(running(name, khepri))
              : { code: 0, stdout: '', stderr: '' },
          ),
        ]),
      );
    const hosts = ['a', 'b', 'c'].map((name) => host(name, {}));
    const layout = await definition.steps[1]?.({ ...context(hosts, {}).context, query });
    assert.deepEqual(
      hosts.map((each) => layout?.(each)),
      [[], [], []],
    );
  });

  it('writes the file and sees to the restart', async () => {
    const titles = ['directory /etc/rabbitmq', file, loaded, runs('autoheal')];
    assert.deepEqual(await step(1, { rabbit_config_partition_handling: 'autoheal' }), [titles, titles]);
  });

  it('makes brokers blank first, and has them find each other last', async () => {
    const vars = { rabbit_config_peer_discovery: 'classic_config' } as const;
    assert.deepEqual(await step(0, vars), [
      ['broker ready for peer discovery'],
      ['broker ready for peer discovery'],
    ]);
    assert.deepEqual((await step(2, vars))[1], ['formed with rabbit@a by peer discovery']);
  });
});
