import type { VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  properties: replacing(['rabbit_start_', 'start_'], {
    within: {
      type: 'integer',
      minimum: 1,
      default: 330,
      description: 'Seconds that the nodes may take to find each other and start.',
    },
  }),
} as const satisfies VarsSchema;
