import * as erlangCookie from './erlang-cookie/index.ts';
import * as haPolicy from './ha-policy/index.ts';
import * as haproxyBuild from './haproxy-build/index.ts';
import * as keepalivedBuild from './keepalived-build/index.ts';
import * as rabbitJoin from './rabbit-join/index.ts';
import * as rabbitStatus from './rabbit-status/index.ts';

/** The roles that are shipped, by folder: what a playbook imports as `ts-play/roles/NAME`. */
export const shippedRoles: Readonly<Record<string, object>> = {
  'erlang-cookie': erlangCookie,
  'ha-policy': haPolicy,
  'haproxy-build': haproxyBuild,
  'keepalived-build': keepalivedBuild,
  'rabbit-join': rabbitJoin,
  'rabbit-status': rabbitStatus,
};
