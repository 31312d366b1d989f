import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Change } from '../../lib/index.ts';
import type { Definitions, MetadataEdit } from '../domain/rabbitmq/erlang/metadata-edits.ts';
import type { Entities, Sought } from '../domain/rabbitmq/facts/entities.ts';
import type { Entity } from './entity.ts';
import { definedPolicy, globalParameter, parameter } from './parameter.ts';
import { permission, topicPermission } from './permission.ts';
import { binding, exchange, queue } from './topology.ts';
import { user } from './user.ts';
import { vhost } from './vhost.ts';

type Item = Readonly<Record<string, unknown>>;

/** What makes an entity of one item of a definitions file, by the file's keys. */
const KINDS: Readonly<Record<string, (item: Item) => Entity | undefined>> = {
  vhosts(item) {
    const metadata = table(item['metadata']);
    const { description, tags, default_queue_type } = { ...metadata, ...item };
    return vhost({
      name: text(item, 'name'),
      description: typeof description === 'string' ? description : undefined,
      tags: Array.isArray(tags) ? tags.map(String) : undefined,
      // A broker that knows none exports the word.
      default_queue_type:
        typeof default_queue_type === 'string' && default_queue_type !== 'undefined'
          ? default_queue_type
          : undefined,
    });
  },
  users: (item) =>
    user({
      name: text(item, 'name'),
      hash: {
        value: text(item, 'password_hash'),
        algorithm: String(item['hashing_algorithm'] ?? 'rabbit_password_hashing_sha256'),
      },
      // Versions before 3.9 write them as one text.
      tags: Array.isArray(item['tags'])
        ? item['tags'].map(String)
        : String(item['tags'] ?? '')
            .split(',')
            .filter(Boolean),
      limits: table(item['limits']) as Readonly<Record<string, number>>,
    }),
  permissions: (item) =>
    permission({
      user: text(item, 'user'),
      vhost: text(item, 'vhost'),
      configure: text(item, 'configure'),
      write: text(item, 'write'),
      read: text(item, 'read'),
    }),
  topic_permissions: (item) =>
    topicPermission({
      user: text(item, 'user'),
      vhost: text(item, 'vhost'),
      exchange: text(item, 'exchange'),
      write: text(item, 'write'),
      read: text(item, 'read'),
    }),
  parameters: (item) =>
    parameter({
      vhost: text(item, 'vhost'),
      component: text(item, 'component'),
      name: text(item, 'name'),
      value: item['value'],
    }),
  // The cluster's own identity is not another one's.
  global_parameters: (item) =>
    item['name'] === 'internal_cluster_id'
      ? undefined
      : globalParameter({ name: text(item, 'name'), value: item['value'] }),
  policies: (item) =>
    definedPolicy({
      vhost: text(item, 'vhost'),
      name: text(item, 'name'),
      pattern: text(item, 'pattern'),
      'apply-to': String(item['apply-to'] ?? 'all'),
      priority: Number(item['priority'] ?? 0),
      definition: item['definition'],
    }),
  exchanges: (item) =>
    exchange({
      vhost: text(item, 'vhost'),
      name: text(item, 'name'),
      type: text(item, 'type'),
      durable: item['durable'] !== false,
      auto_delete: item['auto_delete'] === true,
      internal: item['internal'] === true,
      arguments: table(item['arguments']),
    }),
  queues: (item) =>
    queue({
      vhost: text(item, 'vhost'),
      name: text(item, 'name'),
      type: typeof item['type'] === 'string' ? item['type'] : undefined,
      durable: item['durable'] !== false,
      auto_delete: item['auto_delete'] === true,
      arguments: table(item['arguments']),
    }),
  bindings: (item) =>
    binding({
      vhost: text(item, 'vhost'),
      source: text(item, 'source'),
      destination: text(item, 'destination'),
      destination_type: item['destination_type'] === 'exchange' ? 'exchange' : 'queue',
      routing_key: String(item['routing_key'] ?? ''),
      arguments: table(item['arguments']),
    }),
};

/** What a definitions file holds, in the order in which the broker can take it. */
export function definedEntities(document: string): readonly Entity[] {
  const parsed: unknown = JSON.parse(document);
  const sections = table(parsed);
  return Object.entries(KINDS).flatMap(([key, make]) => {
    const items = sections[key] ?? [];
    if (!Array.isArray(items)) throw new Error(`"${key}" is no list`);
    return items.flatMap((item: unknown, index) => {
      try {
        return make(table(item)) ?? [];
      } catch (error) {
        throw new Error(
          `"${key}", item ${index + 1}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    });
  });
}

/** @throws Error that names the file, when it is none or no definitions */
export function readDefinitions(path: string): readonly Entity[] {
  try {
    return definedEntities(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} can't be imported: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A whole definitions file as one: what differs is found one by one and imported in one go. */
export function definitions(path: string, entities: readonly Entity[] = readDefinitions(path)): Entity {
  const differing = (state: Entities) =>
    entities.flatMap((entity) => {
      const changes = entity.differences(state);
      return changes.length === 0 ? [] : [{ entity, changes }];
    });
  return {
    title: `definitions ${path}`,
    // A word that holds no more of them than whether two are the same.
    claims: Object.fromEntries(
      entities.flatMap(({ claims }) =>
        Object.entries(claims).map(([thing, word]) => [thing, fingerprint(word)]),
      ),
    ),
    sought: {
      queues: entities.flatMap(({ sought }) => sought?.queues ?? []),
      exchanges: entities.flatMap(({ sought }) => sought?.exchanges ?? []),
      bindings: entities.flatMap(({ sought }) => sought?.bindings ?? []),
      defaultTypes: entities.flatMap(({ sought }) => sought?.defaultTypes ?? []),
    } satisfies Sought,
    refusal: (state) => entities.flatMap(({ refusal }) => refusal?.(state) ?? []).join('\n') || undefined,
    kept: (state) => entities.flatMap(({ kept }) => kept?.(state) ?? []),
    differences: (state) => differing(state).flatMap(({ entity, changes }) => changes.map(of(entity))),
    edits: (state) =>
      together(differing(state).flatMap(({ entity, changes }) => entity.edits(state, changes))),
  };
}

/** One import instead of many: the broker takes its parts in an order of its own. */
export function together(edits: readonly MetadataEdit[]): readonly MetadataEdit[] {
  const merged: Record<string, Item[]> = {};
  for (const edit of edits) {
    if (edit.do !== 'import') continue;
    for (const [key, items] of Object.entries(edit.definitions))
      merged[key] = [...(merged[key] ?? []), ...items];
  }
  const all: Definitions = merged;
  const rest = edits.filter((edit) => edit.do !== 'import');
  return Object.keys(all).length === 0 ? rest : [{ do: 'import', definitions: all }, ...rest];
}

function of({ title }: Entity): (change: Change) => Change {
  return ({ what, ...rest }) => ({
    ...rest,
    what: title.endsWith(what) || title.startsWith(what) ? title : `${title}: ${what}`,
  });
}

function fingerprint(word: string): string {
  return createHash('sha256').update(word).digest('hex').slice(0, 12);
}

function table(value: unknown): Item {
  // An empty one may be written as a list.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : {};
}

function text(item: Item, key: string): string {
  const value = item[key];
  if (typeof value !== 'string') throw new Error(`it has no ${key}`);
  return value;
}
