import * as erlangCookie from './erlang-cookie/index.ts';
import * as haPolicy from './ha-policy/index.ts';
import * as haproxyBuild from './haproxy-build/index.ts';
import * as keepalivedBuild from './keepalived-build/index.ts';
import * as proxyLeave from './operations/proxy-leave/index.ts';
import * as rabbitForget from './operations/rabbit-forget/index.ts';
import * as rabbitGrow from './operations/rabbit-grow/index.ts';
import * as rabbitLeave from './operations/rabbit-leave/index.ts';
import * as rabbitRestart from './operations/rabbit-restart/index.ts';
import * as rabbitStart from './operations/rabbit-start/index.ts';
import * as rabbitStop from './operations/rabbit-stop/index.ts';
import * as rabbitUpgrade from './operations/rabbit-upgrade/index.ts';
import * as proof from './proof/index.ts';
import * as rabbitConfig from './rabbit-config/index.ts';
import * as rabbitEntities from './rabbit-entities/index.ts';
import * as rabbitJoin from './rabbit-join/index.ts';
import * as rabbitStatus from './rabbit-status/index.ts';

/** What a playbook can import beside the library itself: roles, operations and the proof, by the name that it imports. */
export const shippedModules: Readonly<Record<string, object>> = {
  'ts-play/roles/erlang-cookie': erlangCookie,
  'ts-play/roles/ha-policy': haPolicy,
  'ts-play/roles/haproxy-build': haproxyBuild,
  'ts-play/roles/keepalived-build': keepalivedBuild,
  'ts-play/roles/rabbit-config': rabbitConfig,
  'ts-play/roles/rabbit-entities': rabbitEntities,
  'ts-play/roles/rabbit-join': rabbitJoin,
  'ts-play/roles/rabbit-status': rabbitStatus,
  'ts-play/operations/proxy-leave': proxyLeave,
  'ts-play/operations/rabbit-forget': rabbitForget,
  'ts-play/operations/rabbit-grow': rabbitGrow,
  'ts-play/operations/rabbit-leave': rabbitLeave,
  'ts-play/operations/rabbit-restart': rabbitRestart,
  'ts-play/operations/rabbit-start': rabbitStart,
  'ts-play/operations/rabbit-stop': rabbitStop,
  'ts-play/operations/rabbit-upgrade': rabbitUpgrade,
  'ts-play/proof': proof,
};
