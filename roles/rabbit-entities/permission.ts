import { sh } from '../../lib/index.ts';
import type { TopicPermission } from '../domain/rabbitmq/facts/entities.ts';
import type { Permission } from '../domain/rabbitmq/facts/snapshot.ts';
import { partsThatDiffer } from './compare.ts';
import { absent, type Entity } from './entity.ts';

export function permission(wish: Permission): Entity {
  const { user, vhost } = wish;
  return {
    title: `permissions of ${user} on ${vhost}`,
    claims: { [claimed(user, vhost)]: [wish.configure, wish.write, wish.read].join(' ') },
    differences({ permissions }) {
      const now = permissions.find((each) => each.user === user && each.vhost === vhost);
      const { configure, write, read } = wish;
      if (now) return partsThatDiffer(now, wish, ['configure', 'write', 'read']);
      return [{ what: 'permissions', from: 'none', to: sh`${[configure, write, read]}`.toString() }];
    },
    deeds: () => [{ do: 'import', definitions: { permissions: [{ ...wish }] } }],
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

export function topicPermission(wish: TopicPermission): Entity {
  const { user, vhost, exchange } = wish;
  return {
    title: `topic permissions of ${user} on ${vhost} ${exchange}`,
    claims: { [`rabbitmq topic permissions ${user} ${vhost} ${exchange}`]: `${wish.write} ${wish.read}` },
    differences({ topicPermissions }) {
      const now = topicPermissions.find(
        (each) => each.user === user && each.vhost === vhost && each.exchange === exchange,
      );
      if (now) return partsThatDiffer(now, wish, ['write', 'read']);
      return [{ what: 'topic permissions', from: 'none', to: sh`${[wish.write, wish.read]}`.toString() }];
    },
    deeds: () => [{ do: 'import', definitions: { topic_permissions: [{ ...wish }] } }],
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
