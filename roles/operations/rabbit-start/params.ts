import type { VarsOf, VarsSchema } from '../../../lib/index.ts';
import { formerly } from '../../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('start_', 'rabbit_start_', {
    rabbit_start_within: {
      type: 'integer',
      minimum: 1,
      default: 330,
      description: 'Seconds that the nodes are given to find each other and start.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
