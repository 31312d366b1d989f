import type { VarsOf, VarsSchema } from '../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: {
    start_within: {
      type: 'integer',
      minimum: 1,
      default: 330,
      description: 'Seconds that the nodes are given to find each other and start.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
