/** What RabbitMQ can do from a version on, and up to one, as `MAJOR.MINOR`: [since, until); open where left out. */
interface Span {
  readonly since?: string;
  readonly until?: string;
}

/** What a cluster's intent is compiled by. */
const CAPABILITIES = {
  /** Classic queues with mirrors. */
  mirrors: { until: '4.0' },
  /** `--apply-to classic_queues`, `quorum_queues`. */
  applyToTypes: { since: '3.12' },
  /** The default queue type of a virtual host that is there already. */
  defaultQueueType: { since: '3.12' },
  /** A negative `delivery-limit`, for none. */
  noDeliveryLimit: { since: '4.0' },
} as const satisfies Readonly<Record<string, Span>>;

export type Capability = keyof typeof CAPABILITIES;

/** Queue types of which a key keeps a policy away: the broker passes over a policy that has a key its type doesn't know. */
interface Key extends Span {
  /** From which version on an operator policy may hold it. */
  readonly operator?: string;
  readonly classic?: Span | false;
  readonly quorum?: Span | false;
}

const MIRRORS: Key = { until: '4.0', quorum: false };
const STREAMS: Key = { since: '3.9', classic: false, quorum: false };

/** Keys of a policy's definition. Others may be a plugin's, and are the broker's to judge. */
const KEYS: Readonly<Record<string, Key>> = {
  'ha-mode': MIRRORS,
  'ha-params': MIRRORS,
  'ha-sync-mode': MIRRORS,
  'ha-sync-batch-size': MIRRORS,
  'ha-promote-on-shutdown': MIRRORS,
  'ha-promote-on-failure': MIRRORS,
  'queue-master-locator': { quorum: false },
  'queue-mode': { quorum: false },
  'queue-version': { since: '3.10', operator: '3.13' },
  // In 3.9 it was for streams only, and knew no `balanced`.
  'queue-leader-locator': { since: '3.9', classic: { since: '4.0' }, quorum: { since: '3.10' } },
  'target-group-size': { since: '3.13', operator: '3.13', classic: false },
  'delivery-limit': { operator: '3.8', classic: false },
  'dead-letter-strategy': { since: '3.10', classic: false },
  'message-ttl': { operator: '3.8', quorum: { since: '3.10' } },
  expires: { operator: '3.8' },
  'max-length': { operator: '3.8' },
  'max-length-bytes': { operator: '3.8' },
  'max-in-memory-length': { operator: '3.8', classic: { until: '3.13' } },
  'max-in-memory-bytes': { operator: '3.8', classic: { until: '3.13' } },
  'consumer-timeout': { since: '3.12' },
  'max-age': STREAMS,
  'initial-cluster-size': STREAMS,
  'stream-max-segment-size-bytes': STREAMS,
};

export type QueueKind = 'classic' | 'quorum';

/** Whether a broker of this version can do it. */
export function can(version: string, capability: Capability): boolean {
  return within(version, CAPABILITIES[capability]);
}

/** Whether a broker of this version takes the key in a policy; a key that isn't known here may be a plugin's. */
export function takesKey(version: string, key: string): boolean {
  return within(version, KEYS[key] ?? {});
}

/** Whether a policy with this key applies to queues of the kind at all. */
export function reaches(version: string, key: string, kind: QueueKind): boolean {
  const span = KEYS[key]?.[kind] ?? {};
  return span !== false && within(version, span);
}

/** Whether queues of the kind know the key in any version. */
export function everReaches(key: string, kind: QueueKind): boolean {
  return KEYS[key]?.[kind] !== false;
}

/** Whether a broker of this version takes the key in an operator policy. */
export function takesOperatorKey(version: string, key: string): boolean {
  const since = KEYS[key]?.operator;
  return since !== undefined && within(version, { since });
}

/** Keys that some version takes in an operator policy. */
export const OPERATOR_KEYS: readonly string[] = Object.keys(KEYS).filter((key) => KEYS[key]?.operator);

function within(version: string, { since, until }: Span): boolean {
  return (
    (since === undefined || number(version) >= number(since)) &&
    (until === undefined || number(version) < number(until))
  );
}

/** `3.13.7` as a number that sorts; a pre-release counts as its release. */
function number(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major * 1000 + minor;
}
