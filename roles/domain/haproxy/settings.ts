import type { RoleSettings, VarsOf, VarsSchema } from '../../../lib/index.ts';
import { backendVars } from './settings/backend.ts';
import { frontVars } from './settings/front.ts';
import { installVars } from './settings/install.ts';
import { monitorVars } from './settings/monitor.ts';

/** The variables of haproxy-build. */
export const haproxyVars = {
  type: 'object',
  additionalProperties: false,
  required: ['haproxy_stats_password'],
  properties: { ...installVars, ...frontVars, ...backendVars, ...monitorVars },
} as const satisfies VarsSchema;

export type HaproxyVars = VarsOf<typeof haproxyVars>;

export const haproxySettings = {
  name: 'haproxy-build',
  prefix: 'haproxy_',
  vars: haproxyVars,
} as const satisfies RoleSettings<typeof haproxyVars>;
