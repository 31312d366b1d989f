import type { VarsOf, VarsSchema } from '../../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['rabbit_grow_node'],
  properties: {
    rabbit_grow_node: {
      type: 'string',
      minLength: 1,
      description: 'The host, by its name in the inventory, whose node is to have a part of the queues.',
    },
    rabbit_grow_within: {
      type: 'integer',
      minimum: 1,
      default: 900,
      description: 'Seconds that the queues are given until the node has all of them.',
    },
    rabbit_grow_rebalance: {
      type: 'boolean',
      default: true,
      description: 'Spread the leaders over the nodes again when the node leads nothing.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
