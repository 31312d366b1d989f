import type { VarsOf, VarsSchema } from '../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: {
    stop_record: {
      type: 'string',
      pattern: '^/.+',
      default: '/var/lib/ts-play/rabbitmq/stop-order.json',
      description: 'Where each host is told the order in which the cluster was stopped.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
