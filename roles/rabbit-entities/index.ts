import { defineFact, defineRole, PlayError, type RoleHost, type Task } from '../../lib/index.ts';
import { brokersOf } from '../domain/rabbitmq/brokers.ts';
import { askErlang } from '../domain/rabbitmq/erlang/ask-erlang.ts';
import { entitiesExpression } from '../domain/rabbitmq/erlang/entities-expression.ts';
import type { Entities } from '../domain/rabbitmq/facts/entities.ts';
import { actingHost } from '../domain/rabbitmq/rules/founding-node.ts';
import { entitiesSettings, type Vars } from '../domain/rabbitmq/settings/entities.ts';
import { plugins } from '../domain/rabbitmq/tasks/plugins.ts';
import { type Entity, entityTask, parseEntities } from './entity.ts';
import { missing } from './missing.ts';
import { pluginsOff } from './plugins-off.ts';
import { validate } from './validate.ts';
import { administrators, soughtBy, wantedEntities } from './wanted.ts';

/** What a cluster holds beside its messages. */
export const rabbitEntities = defineRole({
  ...entitiesSettings,
  description:
    'Virtual hosts, users, permissions, limits, parameters, exchanges, queues, bindings, plugins, feature flags.',
  validate,
  steps: [
    () =>
      ({ vars: own }) =>
        pluginTasks(own),
    async (context) => {
      const { hosts, query, check, warn } = context;
      const wanting = hosts.filter((host) => wantedEntities(host).length > 0);
      if (wanting.length === 0) return () => [];
      const nodes = await brokersOf(context);
      const names = wanting.map(({ name }) => name);
      // It all belongs to the cluster: one of its running members is asked and told for all.
      const speaker = actingHost(nodes, names) ?? (check ? undefined : names[0]);
      if (speaker === undefined) {
        warn('no member of the cluster runs: what it holds can only be told in the run itself');
      }
      const [host] = wanting.filter(({ name }) => name === speaker);
      if (host === undefined) return () => [];
      const entities = wantedEntities(host);
      const held = defineFact({
        name: 'what the cluster holds',
        script: askErlang(entitiesExpression(soughtBy(entities))),
        parse: parseEntities,
      });
      const running = nodes.get(host.name)?.live?.running === true;
      const state = running ? (await query([host], held)).get(host.name) : undefined;
      refuse(host, entities, state);
      for (const text of state ? entities.flatMap(({ kept }) => kept?.(state) ?? []) : []) warn(text);
      const all = [...entities, ...administrators(host, state, check)];
      return ({ name }) => (name === speaker ? all.map((entity) => entityTask({ entity, held })) : []);
    },
  ],
});

function pluginTasks(own: Vars): readonly Task[] {
  const { rabbit_entities_plugins: on, rabbit_entities_plugins_absent: off } = own;
  return [
    ...(off.length > 0 ? [pluginsOff({ names: off })] : []),
    ...(on.length > 0 ? [plugins({ names: on })] : []),
  ];
}

/** All that can't be had is told at once, and before anything is changed. */
function refuse(
  { name, vars: own }: RoleHost<Vars>,
  entities: readonly Entity[],
  state: Entities | undefined,
): void {
  if (state === undefined) return;
  const reasons = [...missing(own, state), ...entities.flatMap(({ refusal }) => refusal?.(state) ?? [])];
  if (reasons.length === 0) return;
  throw new PlayError({
    kind: 'failed',
    what: `the cluster can't hold what is wanted of it${reasons.length > 1 ? `, for ${reasons.length} reasons` : ''}`,
    why: reasons.join('\n'),
    next: 'nothing was changed: correct the variables, or do what is said above, and run it again',
    where: { host: name },
  });
}
