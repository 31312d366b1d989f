import type { RoleHost } from '../../lib/index.ts';
import type { Entities, Sought } from '../support/rabbitmq/entities.ts';
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
import type { Vars } from './vars.ts';
import { vhost, vhostAbsent } from './vhost.ts';

/** All that one host's variables want of the cluster, in an order in which each finds what it needs. */
export function wishes({ vars: own }: Pick<RoleHost<Vars>, 'vars'>) {
  return [
    ...(own.rabbitmq_feature_flags.length > 0 ? [featureFlags(own.rabbitmq_feature_flags)] : []),
    ...gone(own),
    ...own.rabbitmq_vhosts.map(({ limits: _, ...wish }) => vhost(wish)),
    ...own.rabbitmq_vhosts.flatMap(({ name, limits }) => (limits ? [vhostLimits(name, limits)] : [])),
    ...own.rabbitmq_users.map(user),
    ...own.rabbitmq_permissions.map(permission),
    ...own.rabbitmq_topic_permissions.map(topicPermission),
    ...own.rabbitmq_parameters.map(parameter),
    ...own.rabbitmq_global_parameters.map(globalParameter),
    ...own.rabbitmq_exchanges.map(exchange),
    ...own.rabbitmq_queues.map(queue),
    ...own.rabbitmq_bindings.map(binding),
    ...own.rabbitmq_definitions.map((path) => definitions(path)),
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
    ...own.rabbitmq_bindings_absent.map(bindingAbsent),
    ...own.rabbitmq_queues_absent.map(queueAbsent),
    ...own.rabbitmq_exchanges_absent.map(exchangeAbsent),
    ...own.rabbitmq_parameters_absent.map(parameterAbsent),
    ...own.rabbitmq_global_parameters_absent.map(globalParameterAbsent),
    ...own.rabbitmq_topic_permissions_absent.map(topicPermissionAbsent),
    ...own.rabbitmq_permissions_absent.map(permissionAbsent),
    ...own.rabbitmq_users_absent.map(userAbsent),
    ...own.rabbitmq_vhosts_absent.map(vhostAbsent),
  ];
}

/**
 * The administrator of the role rabbit-join has all permissions on every virtual host. On those that are about to be
 * made here it gets them as well, or that role would find them missing in the next run.
 */
export function administrators(
  { vars: own, inventoryVars }: Pick<RoleHost<Vars>, 'vars' | 'inventoryVars'>,
  state: Pick<Entities, 'vhosts' | 'users'> | undefined,
  check: boolean,
): readonly Entity[] {
  const { rabbit_admin_password: managed, rabbit_admin_user: named = 'admin' } = inventoryVars;
  if (managed === undefined || typeof named !== 'string' || state === undefined) return [];
  // In check mode it may be that role that would make the user.
  if (!check && !state.users?.some(({ name }) => name === named)) return [];
  const permitted = own.rabbitmq_permissions.filter(({ user: other }) => other === named);
  return own.rabbitmq_vhosts
    .filter(({ name }) => !state.vhosts?.some((each) => each.name === name))
    .filter(({ name }) => !permitted.some(({ vhost: on }) => on === name))
    .map(({ name }) => permission({ user: named, vhost: name, configure: '.*', write: '.*', read: '.*' }));
}
