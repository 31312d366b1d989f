import * as erlangCookie from './erlang-cookie/index.ts';
import * as haPolicy from './ha-policy/index.ts';
import * as haproxyBuild from './haproxy-build/index.ts';
import * as keepalivedBuild from './keepalived-build/index.ts';
import * as proxyLeave from './proxy-leave/index.ts';
import * as rabbitConfig from './rabbit-config/index.ts';
import * as rabbitEntities from './rabbit-entities/index.ts';
import * as rabbitForget from './rabbit-forget/index.ts';
import * as rabbitGrow from './rabbit-grow/index.ts';
import * as rabbitJoin from './rabbit-join/index.ts';
import * as rabbitLeave from './rabbit-leave/index.ts';
import * as rabbitProve from './rabbit-prove/index.ts';
import * as rabbitRestart from './rabbit-restart/index.ts';
import * as rabbitStart from './rabbit-start/index.ts';
import * as rabbitStatus from './rabbit-status/index.ts';
import * as rabbitStop from './rabbit-stop/index.ts';
import * as rabbitUpgrade from './rabbit-upgrade/index.ts';

/** The roles that are shipped, by folder: what a playbook imports as `ts-play/roles/NAME`. */
export const shippedRoles: Readonly<Record<string, object>> = {
  'erlang-cookie': erlangCookie,
  'ha-policy': haPolicy,
  'haproxy-build': haproxyBuild,
  'keepalived-build': keepalivedBuild,
  'proxy-leave': proxyLeave,
  'rabbit-config': rabbitConfig,
  'rabbit-entities': rabbitEntities,
  'rabbit-forget': rabbitForget,
  'rabbit-grow': rabbitGrow,
  'rabbit-join': rabbitJoin,
  'rabbit-leave': rabbitLeave,
  'rabbit-prove': rabbitProve,
  'rabbit-restart': rabbitRestart,
  'rabbit-start': rabbitStart,
  'rabbit-status': rabbitStatus,
  'rabbit-stop': rabbitStop,
  'rabbit-upgrade': rabbitUpgrade,
};
