import type { VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  properties: replacing(['rabbit_restart_', 'restart_'], {
    proxy_group: {
      type: 'string',
      default: 'proxies',
      description: 'The inventory group of the proxies, which may be empty.',
    },
  }),
} as const satisfies VarsSchema;
