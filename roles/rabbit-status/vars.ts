import type { VarsSchema } from '../../lib/index.ts';
import { formerly } from '../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('status_', 'rabbit_status_', {
    rabbit_status_proxies: {
      type: 'string',
      default: 'proxies',
      description: 'The group of the proxies, asked for their backends and virtual addresses.',
    },
  }),
} as const satisfies VarsSchema;
