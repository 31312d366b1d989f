import type { VarsOf, VarsSchema } from '../../lib/index.ts';
import { replacing } from '../domain/formerly.ts';

/** What is the same in every run of a proof: parameters of the playbook too. */
export const proofParams = {
  type: 'object',
  additionalProperties: false,
  properties: replacing(['rabbit_prove_', 'prove_'], {
    seconds: {
      type: 'integer',
      minimum: 5,
      maximum: 40,
      default: 20,
      description: 'How long a fault lasts.',
    },
    partition_seconds: {
      type: 'integer',
      minimum: 5,
      default: 90,
      description: 'How long a partition lasts; the brokers notice it after some 60 seconds.',
    },
    settle_seconds: {
      type: 'integer',
      minimum: 10,
      default: 150,
      description:
        'How long the cluster may take to be whole again after a fault, by itself and once more when it was helped.',
    },
    brokers: { type: 'string', default: 'brokers', description: "The brokers' group." },
    proxies: { type: 'string', default: 'proxies', description: "The proxies' group." },
    vip: {
      type: 'string',
      description: "The address that clients connect to; the proxies' first virtual address when not set.",
    },
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description: "The port that clients connect to; the proxies' `haproxy_front_port` when not set.",
    },
    vhost: {
      type: 'string',
      default: '/',
      description: 'Where the replicated queues are made.',
    },
    user: {
      type: 'string',
      description: "The clients' user; `rabbit_admin_user` of the brokers when not set.",
    },
    password: {
      type: 'string',
      format: 'secret',
      description: "The clients' password; `rabbit_admin_password` of the brokers when not set.",
    },
    publishers: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: 'Publishers of each queue, each with a connection of its own.',
    },
    rate: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 20,
      description: 'Messages a second of each publisher.',
    },
    spare: {
      type: 'string',
      description: 'A host of the group spares that comes and goes in the scenario `scale`.',
    },
  }),
} as const satisfies VarsSchema;

const ledger = {
  type: 'string',
  pattern: '^/',
  description: 'The folder on the controller that the ledger is written to.',
} as const;

/** One run of one scenario. */
export const runParams = {
  type: 'object',
  additionalProperties: false,
  required: ['ledger', 'scenario', 'run'],
  properties: {
    ledger,
    scenario: { type: 'string', description: 'What is done to the cluster.' },
    run: {
      type: 'integer',
      minimum: 1,
      description: 'Which of the repeated runs of the scenario this is.',
    },
    inventories: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'The inventory files, for scenarios that run another playbook.',
    },
    ...proofParams.properties,
  },
} as const satisfies VarsSchema;

/** The verdict over all runs. */
export const verdictParams = {
  type: 'object',
  additionalProperties: false,
  required: ['ledger', 'runs'],
  properties: {
    ledger,
    runs: {
      type: 'array',
      items: { type: 'string' },
      description: 'The runs that the verdict is about, as `kill-leader-1`.',
    },
  },
} as const satisfies VarsSchema;

export type RunParams = VarsOf<typeof runParams>;
