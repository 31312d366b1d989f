import type { RoleSettings, VarsOf, VarsSchema } from '../../../../lib/index.ts';

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
    ha_policy_survive: {
      type: 'integer',
      minimum: 0,
      description:
        'How many nodes may be lost at once without a queue being lost; takes the place of mode and count.',
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
    ha_policy_replication: {
      type: 'string',
      enum: ['auto', 'quorum'],
      default: 'auto',
      description: 'Mirrors below 4.0 and quorum queues from there on, or quorum queues on every version.',
    },
    ha_policy_sync_mode: {
      type: 'string',
      enum: ['automatic', 'manual'],
      default: 'automatic',
      description: 'Whether a new mirror is filled at once.',
    },
    ha_policy_leaders: {
      type: 'string',
      enum: ['balanced', 'client-local'],
      description:
        "Where new queues have their leader; balanced when not set, but mirrors by mode follow the broker's own default.",
    },
    ha_policy_delivery_limit: {
      type: 'integer',
      minimum: -1,
      default: 20,
      description:
        'How often a quorum queue delivers a message again before it is dead-lettered or dropped; -1 is without end (4.0).',
    },
    ha_policy_default_queue_type: {
      type: 'string',
      enum: ['quorum', 'keep'],
      default: 'quorum',
      description:
        'With quorum queues: what queues declared without a type become in the virtual host; `keep` leaves it as it is.',
    },
    ha_policy_priority: {
      type: 'integer',
      default: 0,
      description: 'Of all policies that match a queue only the one with the highest priority applies.',
    },
    ha_policy_apply_to: {
      type: 'string',
      enum: ['queues', 'exchanges', 'all', 'classic_queues', 'quorum_queues'],
      default: 'queues',
      description:
        'What it applies to; `queues` are the queues of the replicated type where the version can say so.',
    },
    ha_policy_definition: {
      type: 'object',
      additionalProperties: { type: 'string' },
      default: {},
      description: 'More keys of the definition, such as `dead-letter-exchange`.',
    },
    ha_policy_absent: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Names of policies of the virtual host that are to be removed.',
    },
    ha_policy_operator: {
      type: 'object',
      additionalProperties: { type: 'integer' },
      default: {},
      description:
        'An operator policy for the same queues, of the same name, such as `max-length: 100000`; none when empty.',
    },
    ha_policy_operator_absent: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Names of operator policies of the virtual host that are to be removed.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;

export const policySettings = {
  name: 'ha-policy',
  prefix: 'ha_policy_',
  vars,
} as const satisfies RoleSettings<typeof vars>;
