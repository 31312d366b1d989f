import type { Entities } from '../domain/rabbitmq/facts/entities.ts';
import type { Vars } from '../domain/rabbitmq/settings/entities.ts';

/** Virtual hosts, users, exchanges and queues that others need, and that neither are nor are wanted. */
export function missing(own: Vars, state: Entities): readonly string[] {
  // A definitions file brings what it will: what is missing then is told by the broker itself.
  if (own.rabbit_entities_definitions.length > 0) return [];
  const vhosts = new Set([...names(state.vhosts), ...names(own.rabbit_entities_vhosts)]);
  const users = new Set([...names(state.users), ...names(own.rabbit_entities_users)]);
  const reasons = new Set<string>();
  const onVhost = (what: string, vhost: string) => {
    if (!vhosts.has(vhost)) reasons.add(`${what} is wanted on the virtual host ${vhost}, which there is not`);
  };
  for (const { user, vhost } of [
    ...own.rabbit_entities_permissions,
    ...own.rabbit_entities_topic_permissions,
  ]) {
    onVhost(`a permission of ${user}`, vhost);
    if (!users.has(user)) reasons.add(`a permission is wanted for the user ${user}, whom there is not`);
  }
  for (const { name, vhost } of own.rabbit_entities_queues) onVhost(`the queue ${name}`, vhost);
  for (const { name, vhost } of own.rabbit_entities_exchanges) onVhost(`the exchange ${name}`, vhost);
  for (const { name, vhost } of own.rabbit_entities_parameters) onVhost(`the parameter ${name}`, vhost);
  for (const { source, vhost } of own.rabbit_entities_bindings) onVhost(`a binding to ${source}`, vhost);
  return [...reasons];
}

function names(things: readonly { readonly name: string }[] | null): readonly string[] {
  return (things ?? []).map(({ name }) => name);
}
