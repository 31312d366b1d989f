import type { VarsSchema } from '../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status_proxies: {
      type: 'string',
      default: 'proxies',
      description: 'The group of the proxies, asked for their backends and virtual addresses.',
    },
  },
} as const satisfies VarsSchema;
