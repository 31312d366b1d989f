import { userInfo } from 'node:os';
import { defineConnection } from '../definition.ts';

/** The machine that ts-play runs on, as the user who runs it. */
export const localConnection = defineConnection({
  names: ['local', 'ansible.builtin.local'],
  prepare: () => ({
    user: userInfo().username,
    open: async () => (await import('../local.ts')).connectLocal(),
  }),
});
