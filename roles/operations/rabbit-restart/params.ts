import type { VarsOf, VarsSchema } from '../../../lib/index.ts';
import { formerly } from '../../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('restart_', 'rabbit_restart_', {
    rabbit_restart_proxy_group: {
      type: 'string',
      default: 'proxies',
      description: 'The inventory group of the proxies, which may be empty.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
