import type { VarsOf, VarsSchema } from '../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ha_policy_name: { type: 'string', minLength: 1, default: 'ha-all', description: "The policy's name." },
    ha_policy_vhost: {
      type: 'string',
      minLength: 1,
      default: '/',
      description: 'The virtual host it is for.',
    },
    ha_policy_pattern: {
      type: 'string',
      default: '^(?!amq\\.).*',
      description: "Queues it is for, as a regular expression; all but the broker's own by default.",
    },
    ha_policy_mode: {
      type: 'string',
      enum: ['all', 'exactly'],
      default: 'all',
      description: 'Mirror on all nodes, or on exactly `ha_policy_count`.',
    },
    ha_policy_count: {
      type: 'integer',
      minimum: 1,
      description:
        'Copies in mode `exactly`, the leader included; a majority of the nodes (n/2+1) when not set.',
    },
    ha_policy_sync_mode: {
      type: 'string',
      enum: ['automatic', 'manual'],
      default: 'automatic',
      description: 'Whether a new mirror is filled at once.',
    },
    ha_policy_priority: {
      type: 'integer',
      default: 0,
      description: 'Of all policies that match a queue only the one with the highest priority applies.',
    },
    ha_policy_apply_to: {
      type: 'string',
      enum: ['queues', 'exchanges', 'all'],
      default: 'queues',
      description: 'What it applies to.',
    },
    ha_policy_definition: {
      type: 'object',
      additionalProperties: { type: 'string' },
      default: {},
      description: 'More keys of the definition, such as `queue-master-locator`.',
    },
    ha_policy_absent: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Names of policies of the virtual host that are to be removed.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
