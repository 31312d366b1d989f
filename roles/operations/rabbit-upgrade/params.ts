import type { VarsOf, VarsSchema } from '../../../lib/index.ts';
import { formerly } from '../../domain/formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('upgrade_', 'rabbit_upgrade_', {
    rabbit_upgrade_version: {
      type: 'string',
      pattern: '^[0-9A-Za-z.:+~-]+$',
      description:
        "The broker's version, or its package's; the newest that the host is offered when not set.",
    },
    rabbit_upgrade_packages: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      default: ['rabbitmq-server'],
      description: "The broker's package first; others, such as Erlang's, become the newest along with it.",
    },
    rabbit_upgrade_proxy_group: {
      type: 'string',
      default: 'proxies',
      description: 'The inventory group of the proxies, which may be empty.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;
