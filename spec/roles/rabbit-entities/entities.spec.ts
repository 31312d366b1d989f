import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import { askErlang } from '../../../roles/domain/rabbitmq/erlang/ask-erlang.ts';
import type { Entities } from '../../../roles/domain/rabbitmq/facts/entities.ts';
import { shown } from '../../../roles/rabbit-entities/compare.ts';
import { type Entity, entityTask, parseEntities } from '../../../roles/rabbit-entities/entity.ts';
import { featureFlags } from '../../../roles/rabbit-entities/feature-flags.ts';
import {
  globalParameter,
  parameter,
  parameterAbsent,
  vhostLimits,
} from '../../../roles/rabbit-entities/parameter.ts';
import { permission, permissionAbsent, topicPermission } from '../../../roles/rabbit-entities/permission.ts';
import {
  binding,
  bindingAbsent,
  exchange,
  queue,
  queueAbsent,
} from '../../../roles/rabbit-entities/topology.ts';
import { user, userAbsent } from '../../../roles/rabbit-entities/user.ts';
import { vhost, vhostAbsent } from '../../../roles/rabbit-entities/vhost.ts';
import { whats } from '../../support/sandbox.ts';
import { entities } from '../domain/rabbitmq/entity-state.ts';
import { user as stored } from '../domain/rabbitmq/nodes.ts';
import { packed } from '../domain/rabbitmq/packed.ts';

const differs = (entity: Entity, told: Partial<Entities> = {}) => entity.differences(entities(told));
const doing = (entity: Entity, told: Partial<Entities> = {}) => {
  const state = entities(told);
  return entity.edits(state, entity.differences(state));
};

describe('a virtual host', () => {
  const now = { name: 'v', description: 'old', tags: ['b', 'a'], defaultQueueType: 'rabbit_quorum_queue' };

  it('is made, or left alone where it is as wanted', () => {
    assert.deepEqual(differs(vhost({ name: 'v' })), [
      { what: 'virtual host', from: 'absent', to: 'present' },
    ]);
    assert.deepEqual(differs(vhost({ name: 'v' }), { vhosts: [now] }), []);
    const same = vhost({ name: 'v', description: 'old', tags: ['a', 'b'], default_queue_type: 'quorum' });
    assert.deepEqual(differs(same, { vhosts: [now] }), []);
  });

  it('keeps what is not named when something else changes', () => {
    assert.deepEqual(doing(vhost({ name: 'v', description: 'new' }), { vhosts: [now] }), [
      {
        do: 'import',
        definitions: {
          vhosts: [
            {
              name: 'v',
              description: 'new',
              tags: ['a', 'b'],
              metadata: { description: 'new', tags: ['a', 'b'], default_queue_type: 'quorum' },
            },
          ],
        },
      },
    ]);
  });

  it('is refused another queue type by a version that can not change it', () => {
    const want = vhost({ name: 'v', default_queue_type: 'stream' });
    assert.match(
      want.refusal?.(entities({ vhosts: [now] })) ?? '',
      /3\.10\.8 can't change.*has quorum.*delete_vhost 'v'/,
    );
    assert.equal(want.refusal?.(entities({ vhosts: [now], can: ['queueTypeOfVhost'] })), undefined);
    assert.equal(want.refusal?.(entities()), undefined);
    assert.match(want.refusal?.(entities({ can: [] })) ?? '', /knows no default queue type/);
  });

  it('keeps its default queue type while queues could not be declared again under another', () => {
    const can = ['queueTypeOfVhost'];
    const classic = { ...now, defaultQueueType: 'classic' };
    const held = [{ vhost: 'v', now: 'classic', total: 1, names: ['old'] }];
    const want = vhost({ name: 'v', description: 'new', default_queue_type: 'quorum' });
    assert.deepEqual(want.sought, { defaultTypes: [{ vhost: 'v', type: 'quorum' }] });
    const free = { can, vhosts: [classic], held: [{ vhost: 'v', now: 'classic', total: 0, names: [] }] };
    assert.deepEqual(whats(differs(want, free)), ['description', 'default queue type']);
    assert.deepEqual(want.kept?.(entities(free)), []);
    const keeping = { can, vhosts: [classic], held };
    assert.deepEqual(whats(differs(want, keeping)), ['description']);
    assert.match(JSON.stringify(doing(want, keeping)), /"default_queue_type":"classic"/);
    assert.match(want.kept?.(entities(keeping))[0] ?? '', /host v stays classic, though quorum.*\("old"\)/);
    assert.deepEqual(want.kept?.(entities({ can, held })), [], 'a new one has no queues');
    assert.deepEqual(want.kept?.(entities({ can, vhosts: [now], held })), [], 'it has the type already');
    assert.deepEqual(vhost({ name: 'v' }).kept?.(entities(keeping)), []);
  });

  it('goes when it is to be absent', () => {
    assert.deepEqual(differs(vhostAbsent('v')), []);
    assert.deepEqual(whats(differs(vhostAbsent('v'), { vhosts: [now] })), ['virtual host']);
  });
});

describe('a user', () => {
  const app = { ...stored('app', 'right', ['monitoring']), limits: { 'max-channels': 5 } };
  const users = [app];

  it('is left alone as long as password and tags are right', () => {
    assert.deepEqual(
      differs(user({ name: 'app', password: secret('right'), tags: ['monitoring'] }), { users }),
      [],
    );
    assert.deepEqual(differs(user({ name: 'app' }), { users }), []);
  });

  it('gets its password back, and keeps the tags that are not named', () => {
    const want = user({ name: 'app', password: secret('other') });
    assert.deepEqual(differs(want, { users }), [{ what: 'password' }]);
    assert.deepEqual(doing(want, { users }), [
      { do: 'import', definitions: { users: [{ name: 'app', tags: 'monitoring', password: 'other' }] } },
    ]);
  });

  it('gets tags and limits without its password', () => {
    const want = user({ name: 'app', tags: [], limits: { 'max-connections': 3, 'max-channels': 5 } });
    assert.deepEqual(differs(want, { users }), [
      { what: 'tags', from: 'monitoring', to: '' },
      { what: 'max-connections', from: 'none', to: '3' },
    ]);
    assert.deepEqual(doing(want, { users }), [
      { do: 'tags', user: 'app', tags: [] },
      { do: 'limits', user: 'app', limits: { 'max-connections': 3 } },
    ]);
  });

  it('that is made without a password can not log in by one', () => {
    assert.deepEqual(doing(user({ name: 'new' })), [
      {
        do: 'import',
        definitions: {
          users: [
            { name: 'new', tags: '', password_hash: '', hashing_algorithm: 'rabbit_password_hashing_sha256' },
          ],
        },
      },
    ]);
  });

  it('is never shown with its password', () => {
    const entity = user({ name: 'app', password: secret('t0p-secret') });
    const held = { name: 'held', script: askErlang('J = 1,'), parse: parseEntities };
    const task = entityTask({ entity, held });
    const assessed = task.assess(packed(entities({ users })), []);
    const told = JSON.stringify([task.title, task.claims, String(task.probe.script), assessed.changes]);
    assert.ok(!`${told}${assessed.apply().script}`.includes('t0p-secret'));
    assert.ok(!task.probe.script.reveal().includes('t0p-secret'));
  });

  it('goes only when named', () => {
    assert.deepEqual(whats(differs(userAbsent('guest'))), ['user']);
    assert.deepEqual(differs(userAbsent('nobody')), []);
  });
});

describe('permissions', () => {
  const now = { user: 'u', vhost: '/', configure: '.*', write: '.*', read: '.*' };

  it('are compared part by part', () => {
    assert.deepEqual(differs(permission(now), { permissions: [now] }), []);
    assert.deepEqual(differs(permission({ ...now, write: '^a' }), { permissions: [now] }), [
      { what: 'write', from: '.*', to: '^a' },
    ]);
    assert.deepEqual(whats(differs(permission(now), { permissions: [{ ...now, vhost: 'v' }] })), [
      'permissions',
    ]);
    assert.deepEqual(whats(differs(permissionAbsent(now), { permissions: [now] })), ['permissions']);
    const topic = { user: 'u', vhost: '/', exchange: 'x', write: 'a', read: 'b' };
    assert.deepEqual(differs(topicPermission(topic), { topicPermissions: [topic] }), []);
    assert.deepEqual(
      whats(differs(topicPermission({ ...topic, exchange: 'y' }), { topicPermissions: [topic] })),
      ['topic permissions'],
    );
  });
});

describe('parameters', () => {
  const shovel = {
    vhost: '/',
    component: 'shovel',
    name: 's',
    value: { 'src-uri': 'amqp://u:pw@h', list: {} },
  };

  it('are compared by value, and shown without passwords', () => {
    assert.deepEqual(
      differs(parameter(shovel), {
        parameters: [{ ...shovel, value: { list: [], 'src-uri': 'amqp://u:pw@h' } }],
      }),
      [],
    );
    const [change] = differs(parameter(shovel), {
      parameters: [{ ...shovel, value: { 'src-uri': 'amqp://u:old@h' } }],
    });
    assert.match(change?.to ?? '', /amqp:\/\/u:\*\*\*@h/);
    assert.ok(!JSON.stringify([change, parameter(shovel).claims]).includes('pw'));
    assert.equal(
      shown({ password: 'x', a: [{ api_token: 'y' }] }),
      '{"password":"***","a":[{"api_token":"***"}]}',
    );
    assert.deepEqual(differs(parameterAbsent(shovel)), []);
    assert.deepEqual(
      differs(globalParameter({ name: 'a', value: 1 }), { globalParameters: [{ name: 'a', value: 1 }] }),
      [],
    );
  });

  it('that are limits of a virtual host keep those beside them', () => {
    const limits = {
      vhost: 'v',
      component: 'vhost-limits',
      name: 'limits',
      value: { 'max-queues': 1, 'max-connections': 2 },
    };
    const want = vhostLimits('v', { 'max-queues': 5 });
    assert.deepEqual(differs(want, { parameters: [limits] }), [{ what: 'max-queues', from: '1', to: '5' }]);
    assert.deepEqual(doing(want, { parameters: [limits] }), [
      {
        do: 'import',
        definitions: { parameters: [{ ...limits, value: { 'max-queues': 5, 'max-connections': 2 } }] },
      },
    ]);
    assert.deepEqual(whats(differs(want)), ['max-queues']);
  });
});

describe('queues, exchanges and bindings', () => {
  const q = { vhost: '/', name: 'q', durable: true, auto_delete: false, arguments: { 'x-max-length': 5 } };
  const there = {
    ...q,
    type: 'rabbit_quorum_queue',
    arguments: { ...q.arguments, 'x-queue-type': 'quorum' },
  };

  it('are the same whether the type is an argument or not', () => {
    for (const want of [q, { ...q, type: 'quorum' }, { ...q, arguments: there.arguments }]) {
      assert.equal(queue(want).refusal?.(entities({ queues: [there] })), undefined);
      assert.deepEqual(differs(queue(want), { queues: [there] }), []);
    }
  });

  it('are refused where they differ in what can not be changed', () => {
    const refused = (want: Parameters<typeof queue>[0]) =>
      queue(want).refusal?.(entities({ queues: [there] })) ?? '';
    assert.match(refused({ ...q, type: 'classic' }), /type quorum, wanted classic.*delete_queue -p '\/' 'q'/);
    assert.match(refused({ ...q, arguments: {} }), /arguments .*x-max-length/);
    assert.match(refused({ ...q, durable: false }), /durable true, wanted false/);
    const x = {
      vhost: '/',
      name: 'x',
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    };
    const other = exchange({ ...x, type: 'fanout' });
    assert.match(other.refusal?.(entities({ exchanges: [x] })) ?? '', /type topic, wanted fanout/);
    assert.equal(other.refusal?.(entities()), undefined);
  });

  it('are bound by key and arguments', () => {
    const b = {
      vhost: '/',
      source: 'x',
      destination: 'q',
      destination_type: 'queue',
      routing_key: 'k',
      arguments: {},
    } as const;
    assert.deepEqual(differs(binding(b), { bindings: [b] }), []);
    assert.deepEqual(whats(differs(binding({ ...b, routing_key: 'l' }), { bindings: [b] })), ['binding']);
    assert.deepEqual(whats(differs(binding({ ...b, arguments: { a: 1 } }), { bindings: [b] })), ['binding']);
    assert.deepEqual(doing(bindingAbsent(b), { bindings: [b] }), [{ ...b, do: 'remove', what: 'binding' }]);
    assert.deepEqual(whats(differs(queueAbsent(q), { queues: [there] })), ['queue']);
  });
});

describe('feature flags', () => {
  const flag = (name: string, enabled: boolean, stability = 'stable', supported = true) => ({
    name,
    enabled,
    stability,
    supported,
  });
  const flags = [flag('old', true), flag('new', false), flag('khepri_db', false, 'experimental')];

  it('are all but the experimental ones, which have to be named', () => {
    assert.deepEqual(whats(differs(featureFlags(['all']), { featureFlags: flags })), ['new']);
    assert.deepEqual(doing(featureFlags(['khepri_db']), { featureFlags: flags }), [
      { do: 'enable', flag: 'khepri_db' },
    ]);
  });

  it('are refused when unknown or not supported everywhere', () => {
    assert.match(featureFlags(['x']).refusal?.(entities({ featureFlags: flags })) ?? '', /no feature flag x/);
    const early = entities({ featureFlags: [flag('new', false, 'stable', false)] });
    assert.match(featureFlags(['all']).refusal?.(early) ?? '', /not every node supports/);
  });

  it('can not be told while plugins are about to bring some', () => {
    const pending = (name: string) => [
      { task: 'plugins', claims: { [`rabbitmq plugin ${name}`]: 'enabled' } },
    ];
    const state = entities({ featureFlags: flags });
    assert.throws(
      () => featureFlags(['all']).differences(state, pending('rabbitmq_management')),
      /may bring/,
    );
    assert.equal(featureFlags(['all']).differences(state, pending('rabbitmq_shovel')).length, 1);
  });
});
