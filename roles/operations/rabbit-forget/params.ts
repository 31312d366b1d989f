import type { VarsOf, VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  required: ['node'],
  properties: replacing(['rabbit_forget_', 'forget_'], {
    node: {
      type: 'string',
      minLength: 1,
      description: 'The node to forget: `rabbit@hadoop003`, or its host alone.',
    },
    offline: {
      type: 'boolean',
      default: false,
      description: 'Have a stopped node forget it, if no node can start without it. Only for Mnesia.',
    },
    queues: {
      type: 'boolean',
      default: false,
      description: 'Also forget queues that are on that node alone, with their messages; refused otherwise.',
    },
  }),
} as const satisfies VarsSchema;

export type Params = VarsOf<typeof params>;
