import assert from 'node:assert/strict';
import type { Task } from '../../../../../lib/index.ts';
import { ClaimBook } from '../../../../../lib/run/claims.ts';
import { askErlang } from '../../../../../roles/domain/rabbitmq/erlang/ask-erlang.ts';
import { defaultQueueType } from '../../../../../roles/ha-policy/default-queue-type.ts';
import { entityTask, parseEntities } from '../../../../../roles/rabbit-entities/entity.ts';
import { vhost } from '../../../../../roles/rabbit-entities/vhost.ts';

const held = { name: 'held', script: askErlang('J = 1,'), parse: parseEntities };
const policy = (name: string, type: 'quorum' | 'classic') => defaultQueueType({ vhost: name, type });
const entity = (name: string, type?: string) =>
  entityTask({ entity: vhost({ name, default_queue_type: type }), held });
const add = (...tasks: readonly Task[]) => new ClaimBook().add(tasks);

describe('the default queue type of a virtual host', () => {
  it('may be set by ha-policy and by rabbit-entities, when both want the same', () => {
    add(entity('/', 'quorum'), policy('/', 'quorum'));
    add(entity('/'), policy('/', 'quorum'));
    add(entity('other', 'classic'), policy('/', 'quorum'));
  });

  it('is refused when they would change it in turn', () => {
    assert.throws(
      () => add(entity('/', 'classic'), policy('/', 'quorum')),
      /default queue type of virtual host \/ differently/,
    );
  });
});
