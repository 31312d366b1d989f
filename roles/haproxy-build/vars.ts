import type { VarsOf, VarsSchema } from '../../lib/index.ts';
import { backendVars } from './vars/backend.ts';
import { frontVars } from './vars/front.ts';
import { installVars } from './vars/install.ts';
import { monitorVars } from './vars/monitor.ts';

/** The variables of haproxy-build. */
export const haproxyVars = {
  type: 'object',
  additionalProperties: false,
  required: ['haproxy_stats_password'],
  properties: { ...installVars, ...frontVars, ...backendVars, ...monitorVars },
} as const satisfies VarsSchema;

export type HaproxyVars = VarsOf<typeof haproxyVars>;
