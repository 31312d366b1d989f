import type { Health, QueueHealth } from '../../../../roles/domain/rabbitmq/facts/health.ts';

export const [a, b, c] = ['rabbit@a', 'rabbit@b', 'rabbit@c'] as const;

/** A quorum queue on all three nodes. */
export const queue = (over: Partial<QueueHealth> = {}): QueueHealth => ({
  vhost: '/',
  name: 'q',
  type: 'quorum',
  leader: a,
  members: [a, b, c],
  online: [a, b, c],
  durable: true,
  exclusive: false,
  policy: null,
  target: null,
  ...over,
});

/** A calm cluster of three, as its first node sees it. */
export const health = (over: Partial<Health> = {}): Health => ({
  node: a,
  version: '3.10.8',
  erlang: '25',
  running: true,
  clusterName: 'c',
  members: [a, b, c],
  up: [a, b, c],
  ram: [],
  store: 'mnesia',
  partitions: [],
  alarms: [],
  draining: [],
  flags: [],
  certificate: null,
  queues: [],
  ...over,
});
