import type { RoleHost, ValidateContext } from '../../lib/index.ts';
import type { Vars } from '../domain/rabbitmq/settings/entities.ts';
import { wantedEntities } from './wanted.ts';

/** Finds what contradicts itself, before any host is contacted. @throws Error */
export function validate(
  hosts: readonly RoleHost<Vars>[],
  { designOnly = false }: Pick<ValidateContext, 'designOnly'> = {},
): void {
  for (const host of hosts) {
    const { vars } = host;
    // A definitions file may be elsewhere.
    const judged = designOnly ? { vars: { ...vars, rabbit_entities_definitions: [] } } : host;
    const words = new Map<string, string>();
    for (const { claims } of wantedEntities(judged)) {
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
    ...own.rabbit_entities_queues,
    ...own.rabbit_entities_exchanges,
    ...own.rabbit_entities_bindings,
    ...own.rabbit_entities_permissions,
    ...own.rabbit_entities_topic_permissions,
    ...own.rabbit_entities_parameters,
  ];
  for (const { vhost } of inside) {
    if (own.rabbit_entities_vhosts_absent.includes(vhost)) {
      throw new Error(`something is wanted on the virtual host ${vhost}, which is to be absent`);
    }
  }
  for (const { user } of [...own.rabbit_entities_permissions, ...own.rabbit_entities_topic_permissions]) {
    if (own.rabbit_entities_users_absent.includes(user)) {
      throw new Error(`permissions are wanted for the user ${user}, who is to be absent`);
    }
  }
}
