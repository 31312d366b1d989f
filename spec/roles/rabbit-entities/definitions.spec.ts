import assert from 'node:assert/strict';
import { definedEntities, definitions, readDefinitions } from '../../../roles/rabbit-entities/definitions.ts';
import { entities } from '../domain/rabbitmq/entity-state.ts';
import { user } from '../domain/rabbitmq/nodes.ts';

const { hash } = user('app', 'x');
const document = {
  rabbit_version: '3.10.8',
  vhosts: [{ name: 'v', metadata: { description: 'd', tags: [] }, default_queue_type: 'undefined' }],
  users: [
    {
      name: 'app',
      password_hash: hash,
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: 'monitoring,management',
    },
  ],
  permissions: [{ user: 'app', vhost: 'v', configure: '', write: '.*', read: '.*' }],
  global_parameters: [{ name: 'internal_cluster_id', value: 'other' }],
  queues: [
    { name: 'q', vhost: 'v', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } },
  ],
};
const all = definitions('d.json', definedEntities(JSON.stringify(document)));

describe('a definitions file', () => {
  it('is imported in one go where nothing is there, without the other cluster’s identity', () => {
    const changes = all.differences(entities());
    assert.deepEqual(
      changes.map(({ what }) => what),
      ['virtual host v', 'user app', 'user app: tags', 'permissions of app on v', 'queue q on v'],
    );
    const [edit, ...rest] = all.edits(entities(), changes);
    assert.deepEqual(rest, []);
    assert.ok(edit?.do === 'import');
    assert.deepEqual(Object.keys(edit.definitions), ['vhosts', 'users', 'permissions', 'queues']);
  });

  it('changes nothing where all is there, and else only what differs', () => {
    const there = {
      vhosts: [{ name: 'v', description: 'd', tags: [], defaultQueueType: null }],
      users: [{ ...user('app', 'x', ['management', 'monitoring']), limits: {} }],
      permissions: [{ user: 'app', vhost: 'v', configure: '', write: '.*', read: '.*' }],
      queues: [
        {
          name: 'q',
          vhost: 'v',
          type: 'rabbit_quorum_queue',
          durable: true,
          auto_delete: false,
          arguments: { 'x-queue-type': 'quorum' },
        },
      ],
    };
    assert.deepEqual(all.differences(entities(there)), []);
    const drifted = entities({ ...there, permissions: [] });
    assert.deepEqual(all.edits(drifted, all.differences(drifted)), [
      { do: 'import', definitions: { permissions: document.permissions } },
    ]);
    const classic = entities({
      ...there,
      queues: there.queues.map((queue) => ({ ...queue, durable: false })),
    });
    assert.match(all.refusal?.(classic) ?? '', /queue q on v is there and differs/);
  });

  it('shows no hash', () => {
    assert.ok(!JSON.stringify([all.claims, all.differences(entities())]).includes(hash));
  });

  it('is refused when it is none', () => {
    assert.throws(() => definedEntities('{"queues": 5}'), /"queues" is no list/);
    assert.throws(() => definedEntities('{"queues": [{"name": "a"}]}'), /"queues", item 1: it has no vhost/);
    assert.throws(() => readDefinitions('/nowhere/d.json'), /\/nowhere\/d\.json can't be imported/);
  });
});
