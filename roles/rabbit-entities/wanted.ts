import type { RoleHost } from '../../lib/index.ts';
import type { Entities, Sought } from '../domain/rabbitmq/facts/entities.ts';
import type { Vars } from '../domain/rabbitmq/settings/entities.ts';
import { joinSettings } from '../domain/rabbitmq/settings/join.ts';
import { definitions } from './definitions.ts';
import type { Entity } from './entity.ts';
import { featureFlags } from './feature-flags.ts';
import {
  globalParameter,
  globalParameterAbsent,
  parameter,
  parameterAbsent,
  vhostLimits,
} from './parameter.ts';
import { permission, permissionAbsent, topicPermission, topicPermissionAbsent } from './permission.ts';
import { binding, bindingAbsent, exchange, exchangeAbsent, queue, queueAbsent } from './topology.ts';
import { user, userAbsent } from './user.ts';
import { vhost, vhostAbsent } from './vhost.ts';

/** All that one host's variables want of the cluster, in an order in which each finds what it needs. */
export function wantedEntities({ vars: own }: Pick<RoleHost<Vars>, 'vars'>) {
  return [
    ...(own.rabbit_entities_feature_flags.length > 0
      ? [featureFlags(own.rabbit_entities_feature_flags)]
      : []),
    ...gone(own),
    ...own.rabbit_entities_vhosts.map(({ limits: _, ...wanted }) => vhost(wanted)),
    ...own.rabbit_entities_vhosts.flatMap(({ name, limits }) => (limits ? [vhostLimits(name, limits)] : [])),
    ...own.rabbit_entities_users.map(user),
    ...own.rabbit_entities_permissions.map(permission),
    ...own.rabbit_entities_topic_permissions.map(topicPermission),
    ...own.rabbit_entities_parameters.map(parameter),
    ...own.rabbit_entities_global_parameters.map(globalParameter),
    ...own.rabbit_entities_exchanges.map(exchange),
    ...own.rabbit_entities_queues.map(queue),
    ...own.rabbit_entities_bindings.map(binding),
    ...own.rabbit_entities_definitions.map((path) => definitions(path)),
  ] satisfies readonly Entity[];
}

/** What has to be looked for by name. */
export function soughtBy(entities: readonly Entity[]): Sought {
  return {
    queues: entities.flatMap(({ sought }) => sought?.queues ?? []),
    exchanges: entities.flatMap(({ sought }) => sought?.exchanges ?? []),
    bindings: entities.flatMap(({ sought }) => sought?.bindings ?? []),
    defaultTypes: entities.flatMap(({ sought }) => sought?.defaultTypes ?? []),
  };
}

function gone(own: Vars): readonly Entity[] {
  return [
    ...own.rabbit_entities_bindings_absent.map(bindingAbsent),
    ...own.rabbit_entities_queues_absent.map(queueAbsent),
    ...own.rabbit_entities_exchanges_absent.map(exchangeAbsent),
    ...own.rabbit_entities_parameters_absent.map(parameterAbsent),
    ...own.rabbit_entities_global_parameters_absent.map(globalParameterAbsent),
    ...own.rabbit_entities_topic_permissions_absent.map(topicPermissionAbsent),
    ...own.rabbit_entities_permissions_absent.map(permissionAbsent),
    ...own.rabbit_entities_users_absent.map(userAbsent),
    ...own.rabbit_entities_vhosts_absent.map(vhostAbsent),
  ];
}

/**
 * The administrator of the role rabbit-join has all permissions on every virtual host. On those that are about to be
 * made here it gets them as well, or that role would find them missing in the next run.
 */
export function administrators(
  host: Pick<RoleHost<Vars>, 'vars' | 'setting'>,
  state: Pick<Entities, 'vhosts' | 'users'> | undefined,
  check: boolean,
): readonly Entity[] {
  const own = host.vars;
  const named = host.setting(joinSettings, 'rabbit_admin_user');
  const managed = host.setting(joinSettings, 'rabbit_admin_password');
  if (managed === undefined || state === undefined) return [];
  // In check mode it may be that role that would make the user.
  if (!check && !state.users?.some(({ name }) => name === named)) return [];
  const permitted = own.rabbit_entities_permissions.filter(({ user: other }) => other === named);
  return own.rabbit_entities_vhosts
    .filter(({ name }) => !state.vhosts?.some((each) => each.name === name))
    .filter(({ name }) => !permitted.some(({ vhost: on }) => on === name))
    .map(({ name }) => permission({ user: named, vhost: name, configure: '.*', write: '.*', read: '.*' }));
}
