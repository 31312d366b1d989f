import { defineRole } from '../lib/model/role.ts';

const r = defineRole({
  name: 'x',
  description: 'd',
  prefix: 'x_',
  vars: {
    type: 'object',
    additionalProperties: false,
    required: ['x_sha'],
    properties: {
      x_port: { type: 'integer', default: 3, description: 'p' },
      x_sha: { type: 'string', description: '' },
      x_pw: { type: 'string', format: 'secret', description: 's' },
      x_mode: { type: 'string', description: 'm', enum: ['all', 'exactly'], default: 'all' },
    },
  },
  steps: [
    async ({ hosts }) => {
      const n = hosts.length;
      return (host) => {
        const p: number = host.vars.x_port;
        const s: string = host.vars.x_sha;
        const q: string | undefined = host.vars.x_pw?.reveal();
        const m: 'all' | 'exactly' = host.vars.x_mode;
        void [p, s, q, m, n];
        return [];
      };
    },
  ],
});
r({ x_port: 3, x_pw: 'a' });
// @ts-expect-error wrong type
r({ x_port: 'a' });
// @ts-expect-error unknown
r({ y: 'a' });
