import type { VarsOf, VarsSchema } from '../../../lib/index.ts';
import { formerly } from '../../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['rabbit_forget_node'],
  properties: formerly('forget_', 'rabbit_forget_', {
    rabbit_forget_node: {
      type: 'string',
      minLength: 1,
      description: 'The node to forget: `rabbit@hadoop003`, or its host alone.',
    },
    rabbit_forget_offline: {
      type: 'boolean',
      default: false,
      description: 'Have a stopped node forget it, where no node can start without it. Only for Mnesia.',
    },
    rabbit_forget_queues: {
      type: 'boolean',
      default: false,
      description: 'Also forget queues that are on that node alone, with their messages; refused otherwise.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
