import type { VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  required: ['host'],
  properties: replacing(['proxy_leave_'], {
    host: {
      type: 'string',
      minLength: 1,
      description: 'The proxy that leaves, by its name in the inventory; it is no host of the play.',
    },
  }),
} as const satisfies VarsSchema;
