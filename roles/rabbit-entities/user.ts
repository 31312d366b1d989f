import type { Change, Secret } from '../../lib/index.ts';
import type { MetadataEdit } from '../domain/rabbitmq/erlang/metadata-edits.ts';
import type { Entities, LimitedUser } from '../domain/rabbitmq/facts/entities.ts';
import { hasPassword } from '../domain/rabbitmq/rules/password.ts';
import { sorted } from './compare.ts';
import { absent, type Entity } from './entity.ts';

export interface WantedUser {
  readonly name: string;
  readonly password?: Secret | undefined;
  /** As definitions have it, instead of a password. */
  readonly hash?: { readonly value: string; readonly algorithm: string } | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly limits?: Readonly<Record<string, number>> | undefined;
}

/** A user of the broker's own. What is left out stays as it is; one that is made without a password can't log in by one. */
export function user(wanted: WantedUser): Entity {
  const now = (state: Entities) => state.users?.find(({ name }) => name === wanted.name);
  const { tags, limits } = wanted;
  return {
    title: `user ${wanted.name}`,
    claims: { [`rabbitmq user ${wanted.name}`]: JSON.stringify({ tags, limits }) },
    secrets: wanted.password ? [wanted.password] : [],
    differences: (state) => differences(now(state), wanted),
    edits: (state, changes) => edits(now(state), wanted, changes),
  };
}

export function userAbsent(name: string): Entity {
  return absent(
    `user ${name}`,
    `user ${name}`,
    ({ users }) => users?.some((each) => each.name === name) ?? false,
    { do: 'remove', what: 'user', name },
  );
}

function differences(now: LimitedUser | undefined, wanted: WantedUser): readonly Change[] {
  const changes: Change[] = [];
  if (now === undefined) changes.push({ what: 'user', from: 'absent', to: 'present' });
  else if (!hasLogin(now, wanted)) changes.push({ what: 'password' });
  const tags = sorted(now?.tags ?? []).join(' ');
  if (wanted.tags && sorted(wanted.tags).join(' ') !== tags)
    changes.push({ what: 'tags', from: tags, to: sorted(wanted.tags).join(' ') });
  for (const [limit, value] of Object.entries(wanted.limits ?? {})) {
    const current = now?.limits[limit];
    if (current !== value)
      changes.push({
        what: limit,
        from: current === undefined ? 'none' : String(current),
        to: String(value),
      });
  }
  return changes;
}

function hasLogin(now: LimitedUser, { password, hash }: WantedUser): boolean {
  if (password) return hasPassword(now, password);
  return hash === undefined || (hash.value === now.hash && hash.algorithm === now.algorithm);
}

function edits(
  now: LimitedUser | undefined,
  wanted: WantedUser,
  changes: readonly Change[],
): readonly MetadataEdit[] {
  const has = (what: string) => changes.some((change) => change.what === what);
  const tags = sorted(wanted.tags ?? now?.tags ?? []);
  const made: MetadataEdit[] = [];
  if (has('user') || has('password')) {
    const user = { name: wanted.name, tags: tags.join(','), ...login(wanted) };
    made.push({ do: 'import', definitions: { users: [user] } });
  } else if (has('tags')) made.push({ do: 'tags', user: wanted.name, tags });
  const limits = Object.entries(wanted.limits ?? {}).filter(([limit]) => has(limit));
  if (limits.length > 0) made.push({ do: 'limits', user: wanted.name, limits: Object.fromEntries(limits) });
  return made;
}

function login({ password, hash }: WantedUser): Readonly<Record<string, unknown>> {
  if (password) return { password: password.reveal() };
  if (hash) return { password_hash: hash.value, hashing_algorithm: hash.algorithm };
  return { password_hash: '', hashing_algorithm: 'rabbit_password_hashing_sha256' };
}
