import type { VarsSchema } from '../../../lib/index.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  required: ['node'],
  properties: {
    node: {
      type: 'string',
      minLength: 1,
      formerly: ['rabbit_leave_host'],
      description: 'The host that leaves, by its name in the inventory; it is no host of the play.',
    },
  },
} as const satisfies VarsSchema;
