import { gzipSync } from 'node:zlib';
import type { Reply } from '../../../../lib/index.ts';
import type { Entities } from '../../../../roles/support/rabbitmq/entities.ts';
import { user } from './nodes.ts';

/** What a fresh cluster holds; a case says what is different. */
export function entities(told: Partial<Entities> = {}): Entities {
  return {
    version: '3.10.8',
    running: true,
    can: ['queueTypeOfNewVhost'],
    vhosts: [{ name: '/', description: 'Default virtual host', tags: [], defaultQueueType: null }],
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

/** The same as a node prints it: packed, a long text in pieces. */
export function packed(data: unknown, prefix = '{ok, '): Reply {
  const text = gzipSync(JSON.stringify(data)).toString('base64');
  const pieces = text.match(/.{1,40}/g) ?? [];
  return {
    code: 0,
    stdout: `${prefix}["TSPLAY:", ${pieces.map((piece) => `"${piece}"`).join(',\n ')}, ":END"]}`,
    stderr: '',
  };
}
