import type { VarsOf, VarsSchema } from '../../../lib/index.ts';
import { formerly } from '../../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('stop_', 'rabbit_stop_', {
    rabbit_stop_record: {
      type: 'string',
      pattern: '^/.+',
      default: '/var/lib/ts-play/rabbitmq/stop-order.json',
      description: 'Where each host is told the order in which the cluster was stopped.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
