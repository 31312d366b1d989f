import type { VarsSchema } from '../../../lib/index.ts';
import { replacing } from '../../domain/formerly.ts';

export const params = {
  type: 'object',
  additionalProperties: false,
  properties: replacing(['rabbit_upgrade_', 'upgrade_'], {
    version: {
      type: 'string',
      pattern: '^[0-9A-Za-z.:+~-]+$',
      description:
        "The broker's version, or its package's; the newest that the host is offered when not set.",
    },
    packages: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      default: ['rabbitmq-server'],
      description: "The broker's package first; others, such as Erlang's, become the newest along with it.",
    },
    proxy_group: {
      type: 'string',
      default: 'proxies',
      description: 'The inventory group of the proxies, which may be empty.',
    },
  }),
} as const satisfies VarsSchema;
