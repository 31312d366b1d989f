import type { RoleHost, ValidateContext } from '../../lib/index.ts';
import type { Vars } from './vars.ts';
import { wishes } from './wishes.ts';

/** Finds what contradicts itself, before any host is contacted. @throws Error */
export function validate(
  hosts: readonly RoleHost<Vars>[],
  { designOnly = false }: Pick<ValidateContext, 'designOnly'> = {},
): void {
  for (const host of hosts) {
    const { vars } = host;
    // A definitions file may be elsewhere.
    const judged = designOnly ? { vars: { ...vars, rabbitmq_definitions: [] } } : host;
    const words = new Map<string, string>();
    for (const { claims } of wishes(judged)) {
      for (const [thing, word] of Object.entries(claims)) {
        const earlier = words.get(thing);
        if (earlier !== undefined && earlier !== word) {
          const how = [earlier, word].includes('absent')
            ? 'both wanted and to be absent'
            : 'wanted in two ways';
          throw new Error(`${thing.replace(/^rabbitmq /, 'the ')} is ${how}`);
        }
        words.set(thing, word);
      }
    }
    inAbsent(vars);
  }
}

function inAbsent(own: Vars): void {
  const inside = [
    ...own.rabbitmq_queues,
    ...own.rabbitmq_exchanges,
    ...own.rabbitmq_bindings,
    ...own.rabbitmq_permissions,
    ...own.rabbitmq_topic_permissions,
    ...own.rabbitmq_parameters,
  ];
  for (const { vhost } of inside) {
    if (own.rabbitmq_vhosts_absent.includes(vhost)) {
      throw new Error(`something is wanted on the virtual host ${vhost}, which is to be absent`);
    }
  }
  for (const { user } of [...own.rabbitmq_permissions, ...own.rabbitmq_topic_permissions]) {
    if (own.rabbitmq_users_absent.includes(user)) {
      throw new Error(`permissions are wanted for the user ${user}, who is to be absent`);
    }
  }
}
