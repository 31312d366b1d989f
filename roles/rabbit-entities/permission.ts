import { sh } from '../../lib/index.ts';
import type { TopicPermission } from '../domain/rabbitmq/facts/entities.ts';
import type { Permission } from '../domain/rabbitmq/facts/snapshot.ts';
import { partsThatDiffer } from './compare.ts';
import { absent, type Entity } from './entity.ts';

export function permission(wanted: Permission): Entity {
  const { user, vhost } = wanted;
  return {
    title: `permissions of ${user} on ${vhost}`,
    claims: { [claimed(user, vhost)]: [wanted.configure, wanted.write, wanted.read].join(' ') },
    differences({ permissions }) {
      const now = permissions.find((each) => each.user === user && each.vhost === vhost);
      const { configure, write, read } = wanted;
      if (now) return partsThatDiffer(now, wanted, ['configure', 'write', 'read']);
      return [{ what: 'permissions', from: 'none', to: sh`${[configure, write, read]}`.toString() }];
    },
    edits: () => [{ do: 'import', definitions: { permissions: [{ ...wanted }] } }],
  };
}

export function permissionAbsent({ user, vhost }: { readonly user: string; readonly vhost: string }): Entity {
  return absent(
    `permissions of ${user} on ${vhost}`,
    claimed(user, vhost).replace('rabbitmq ', ''),
    ({ permissions }) => permissions.some((each) => each.user === user && each.vhost === vhost),
    { do: 'remove', what: 'permission', user, vhost },
  );
}

export function topicPermission(wanted: TopicPermission): Entity {
  const { user, vhost, exchange } = wanted;
  return {
    title: `topic permissions of ${user} on ${vhost} ${exchange}`,
    claims: { [`rabbitmq topic permissions ${user} ${vhost} ${exchange}`]: `${wanted.write} ${wanted.read}` },
    differences({ topicPermissions }) {
      const now = topicPermissions.find(
        (each) => each.user === user && each.vhost === vhost && each.exchange === exchange,
      );
      if (now) return partsThatDiffer(now, wanted, ['write', 'read']);
      return [{ what: 'topic permissions', from: 'none', to: sh`${[wanted.write, wanted.read]}`.toString() }];
    },
    edits: () => [{ do: 'import', definitions: { topic_permissions: [{ ...wanted }] } }],
  };
}

export function topicPermissionAbsent(gone: Omit<TopicPermission, 'write' | 'read'>): Entity {
  const { user, vhost, exchange } = gone;
  return absent(
    `topic permissions of ${user} on ${vhost} ${exchange}`,
    `topic permissions ${user} ${vhost} ${exchange}`,
    ({ topicPermissions }) =>
      topicPermissions.some(
        (each) => each.user === user && each.vhost === vhost && each.exchange === exchange,
      ),
    { do: 'remove', what: 'topic_permission', user, vhost, exchange },
  );
}

function claimed(user: string, vhost: string): string {
  return `rabbitmq permissions ${user} ${vhost}`;
}
