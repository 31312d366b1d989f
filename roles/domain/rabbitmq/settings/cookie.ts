import type { RoleSettings, VarsOf, VarsSchema } from '../../../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: {
    erlang_cookie: {
      type: 'string',
      format: 'secret',
      minLength: 20,
      maxLength: 255,
      pattern: '^[A-Za-z0-9_-]+$',
      description:
        'The cookie itself. Without it the cookie of the cluster that has data is taken, else the one that most nodes hold.',
    },
    erlang_cookie_seed: {
      type: 'string',
      description: "The host whose cookie the others get; the play's first host when not set.",
    },
    erlang_install: {
      type: 'boolean',
      default: true,
      description: 'Install the broker where it is missing: the cookie belongs to its account.',
    },
    erlang_packages: {
      type: 'array',
      items: { type: 'string' },
      default: ['rabbitmq-server'],
      description: 'The packages that bring the broker.',
    },
    erlang_cookie_root: {
      type: 'boolean',
      default: false,
      description: "Give root the cookie too, in /root/.erlang.cookie, for root's own Erlang tools.",
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;

export const cookieSettings = {
  name: 'erlang-cookie',
  prefix: 'erlang_',
  vars,
} as const satisfies RoleSettings<typeof vars>;
