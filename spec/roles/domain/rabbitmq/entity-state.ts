import type { Entities } from '../../../../roles/domain/rabbitmq/facts/entities.ts';
import { user } from './nodes.ts';

/** What a fresh cluster holds; a case says what is different. */
export function entities(told: Partial<Entities> = {}): Entities {
  return {
    version: '3.10.8',
    running: true,
    can: ['queueTypeOfNewVhost'],
    vhosts: [{ name: '/', description: 'Default virtual host', tags: [], defaultQueueType: null }],
    held: [],
    users: [{ ...user('guest', 'guest'), limits: {} }],
    permissions: [],
    topicPermissions: [],
    parameters: [],
    globalParameters: [],
    policies: [],
    exchanges: [],
    queues: [],
    bindings: [],
    featureFlags: [],
    ...told,
  };
}
