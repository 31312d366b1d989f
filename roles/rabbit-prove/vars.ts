import type { VarsOf, VarsSchema } from '../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['prove_ledger'],
  properties: {
    prove_ledger: {
      type: 'string',
      pattern: '^/',
      description: 'The folder on the controller that the ledger is written to.',
    },
    prove_scenario: { type: 'string', default: 'control', description: 'What is done to the cluster.' },
    prove_run: {
      type: 'integer',
      minimum: 1,
      default: 1,
      description: 'Which of the repeated runs of the scenario this is.',
    },
    prove_runs: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'The runs that the verdict is about, as `kill-leader-1`.',
    },
    prove_seconds: {
      type: 'integer',
      minimum: 5,
      maximum: 40,
      default: 20,
      description: 'How long a fault lasts.',
    },
    prove_partition_seconds: {
      type: 'integer',
      minimum: 5,
      default: 90,
      description: 'How long a partition lasts; the brokers notice it after some 60 seconds.',
    },
    prove_settle_seconds: {
      type: 'integer',
      minimum: 10,
      default: 150,
      description:
        'How long the cluster may take to be whole again after a fault, by itself and once more when it was helped.',
    },
    prove_brokers: { type: 'string', default: 'brokers', description: "The brokers' group." },
    prove_proxies: { type: 'string', default: 'proxies', description: "The proxies' group." },
    prove_vip: {
      type: 'string',
      description: "The address that clients connect to; the proxies' first virtual address when not set.",
    },
    prove_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description: "The port that clients connect to; the proxies' `haproxy_front_port` when not set.",
    },
    prove_vhost: { type: 'string', default: '/', description: 'Where the replicated queues are made.' },
    prove_user: {
      type: 'string',
      description: "The clients' user; `rabbit_admin_user` of the brokers when not set.",
    },
    prove_password: {
      type: 'string',
      format: 'secret',
      description: "The clients' password; `rabbit_admin_password` of the brokers when not set.",
    },
    prove_publishers: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: 'Publishers of each queue, each with a connection of its own.',
    },
    prove_rate: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 20,
      description: 'Messages a second of each publisher.',
    },
    prove_spare: {
      type: 'string',
      description: 'The host that comes and goes in the scenario `scale`.',
    },
    prove_inventories: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'The inventory files, for scenarios that run another playbook.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
