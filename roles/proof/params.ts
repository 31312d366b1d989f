import type { VarsOf, VarsSchema } from '../../lib/index.ts';
import { formerly } from '../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['rabbit_prove_ledger'],
  properties: formerly('prove_', 'rabbit_prove_', {
    rabbit_prove_ledger: {
      type: 'string',
      pattern: '^/',
      description: 'The folder on the controller that the ledger is written to.',
    },
    rabbit_prove_scenario: {
      type: 'string',
      default: 'control',
      description: 'What is done to the cluster.',
    },
    rabbit_prove_run: {
      type: 'integer',
      minimum: 1,
      default: 1,
      description: 'Which of the repeated runs of the scenario this is.',
    },
    rabbit_prove_runs: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'The runs that the verdict is about, as `kill-leader-1`.',
    },
    rabbit_prove_seconds: {
      type: 'integer',
      minimum: 5,
      maximum: 40,
      default: 20,
      description: 'How long a fault lasts.',
    },
    rabbit_prove_partition_seconds: {
      type: 'integer',
      minimum: 5,
      default: 90,
      description: 'How long a partition lasts; the brokers notice it after some 60 seconds.',
    },
    rabbit_prove_settle_seconds: {
      type: 'integer',
      minimum: 10,
      default: 150,
      description:
        'How long the cluster may take to be whole again after a fault, by itself and once more when it was helped.',
    },
    rabbit_prove_brokers: { type: 'string', default: 'brokers', description: "The brokers' group." },
    rabbit_prove_proxies: { type: 'string', default: 'proxies', description: "The proxies' group." },
    rabbit_prove_vip: {
      type: 'string',
      description: "The address that clients connect to; the proxies' first virtual address when not set.",
    },
    rabbit_prove_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description: "The port that clients connect to; the proxies' `haproxy_front_port` when not set.",
    },
    rabbit_prove_vhost: {
      type: 'string',
      default: '/',
      description: 'Where the replicated queues are made.',
    },
    rabbit_prove_user: {
      type: 'string',
      description: "The clients' user; `rabbit_admin_user` of the brokers when not set.",
    },
    rabbit_prove_password: {
      type: 'string',
      format: 'secret',
      description: "The clients' password; `rabbit_admin_password` of the brokers when not set.",
    },
    rabbit_prove_publishers: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: 'Publishers of each queue, each with a connection of its own.',
    },
    rabbit_prove_rate: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 20,
      description: 'Messages a second of each publisher.',
    },
    rabbit_prove_spare: {
      type: 'string',
      description: 'The host that comes and goes in the scenario `scale`.',
    },
    rabbit_prove_inventories: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'The inventory files, for scenarios that run another playbook.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
