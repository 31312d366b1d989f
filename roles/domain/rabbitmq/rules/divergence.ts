import { isDeepStrictEqual } from 'node:util';
import type { Live } from '../facts/snapshot.ts';

/** All things of one kind by name, with what every member must have of each; null where the node can't tell. */
type Kinds = Readonly<Record<string, ReadonlyMap<string, unknown> | null>>;

/**
 * What members of one cluster tell differently, though it is the same for all of them: users, passwords, permissions,
 * policies, virtual hosts. What most of them say counts as right, and what the first says among equals.
 * @returns by node, what differs there; members that agree are left out
 */
export function divergence(views: readonly Live[]): ReadonlyMap<string, string> {
  const told = views.map((view) => ({ node: view.node, kinds: kindsOf(view) }));
  const agreeing = (kinds: Kinds) =>
    told.filter((other) => differing(kinds, other.kinds).length === 0).length;
  const [right] = [...told].sort((a, b) => agreeing(b.kinds) - agreeing(a.kinds));
  if (right === undefined) return new Map();
  return new Map(
    told.flatMap(({ node, kinds }) => {
      const names = differing(right.kinds, kinds);
      return names.length === 0 ? [] : [[node, `${few(names)} (compared with ${right.node})`] as const];
    }),
  );
}

function kindsOf(view: Live): Kinds {
  const { users, vhosts, permissions, policies, operatorPolicies, defaultQueueTypes: types } = view;
  return {
    'virtual host': named(vhosts, String, (vhost) => types?.[vhost] ?? null),
    user: named(
      users,
      ({ name }) => name,
      ({ tags }) => [...tags].sort(),
    ),
    'password of': named(
      users,
      ({ name }) => name,
      ({ hash, algorithm }) => [hash, algorithm],
    ),
    'permissions of': named(permissions, ({ user, vhost }) => `${user} on ${vhost}`),
    policy: named(policies, ({ name, vhost }) => `${name} on ${vhost}`),
    'operator policy': named(operatorPolicies, ({ name, vhost }) => `${name} on ${vhost}`),
  };
}

function named<T>(
  things: readonly T[] | null,
  name: (thing: T) => string,
  rest: (thing: T) => unknown = (thing) => thing,
): ReadonlyMap<string, unknown> | null {
  return things === null ? null : new Map(things.map((thing) => [name(thing), rest(thing)]));
}

function differing(ones: Kinds, others: Kinds): readonly string[] {
  return Object.entries(ones).flatMap(([kind, one]) => {
    const other = others[kind];
    if (!one || !other) return [];
    return [...new Set([...one.keys(), ...other.keys()])]
      .filter(
        (name) => !one.has(name) || !other.has(name) || !isDeepStrictEqual(one.get(name), other.get(name)),
      )
      .map((name) => `${kind} ${name}`);
  });
}

function few(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
