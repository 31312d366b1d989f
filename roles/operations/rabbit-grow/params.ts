import type { VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  required: ['node'],
  properties: replacing(['rabbit_grow_'], {
    node: {
      type: 'string',
      minLength: 1,
      description: 'The host that becomes a broker, by its name in the inventory.',
    },
    within: {
      type: 'integer',
      minimum: 1,
      default: 900,
      description: 'Seconds that its node may take until it has all of its queues.',
    },
    rebalance: {
      type: 'boolean',
      default: true,
      description: 'Spread the leaders over the nodes again if the node leads nothing.',
    },
  }),
} as const satisfies VarsSchema;
