import type { VarsOf, VarsSchema } from '../../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['rabbit_leave_host'],
  properties: {
    rabbit_leave_host: {
      type: 'string',
      minLength: 1,
      description: 'The host whose node leaves, by its name in the inventory; it is no host of the play.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
