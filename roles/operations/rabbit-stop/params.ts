import type { VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  properties: replacing(['rabbit_stop_', 'stop_'], {
    record: {
      type: 'string',
      pattern: '^/.+',
      default: '/var/lib/ts-play/rabbitmq/stop-order.json',
      description: 'The file on each host that the order of the stop is written to.',
    },
  }),
} as const satisfies VarsSchema;
