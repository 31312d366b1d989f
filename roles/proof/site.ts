import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HostView, PlayError, type Secret } from '../../lib/index.ts';
import { haproxySettings } from '../domain/haproxy/settings.ts';
import { virtualAddresses } from '../domain/keepalived/instances.ts';
import { joinSettings } from '../domain/rabbitmq/settings/join.ts';
import type { RunParams } from './params.ts';

/** Where the clients connect to, and as whom. */
export interface Front {
  readonly vip: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
}

const defaults = haproxySettings.vars.properties;

/** From the parameters, else from what the inventory says of proxies and brokers. @throws PlayError `failed` */
export function frontOf(
  params: Pick<RunParams, 'vip' | 'port' | 'user' | 'password'>,
  brokers: readonly HostView[],
  proxies: readonly HostView[],
): Front {
  const [proxy] = proxies;
  const [broker] = brokers;
  const address = params.vip ?? virtualAddresses(proxies)[0];
  const given = params.password ?? broker?.setting(joinSettings, 'rabbit_admin_password');
  if (address === undefined) throw missing('the address that clients connect to', 'vip');
  if (given === undefined) throw missing("the clients' password", 'password');
  return {
    vip: address,
    port:
      params.port ??
      proxy?.setting(haproxySettings, 'haproxy_front_port') ??
      defaults.haproxy_front_port.default,
    user: params.user ?? broker?.setting(joinSettings, 'rabbit_admin_user') ?? 'admin',
    password: given,
  };
}

function missing(what: string, parameter: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `nothing says ${what}`,
    next: `say -e ${parameter}=…`,
  });
}

/** The lab that all these hosts are in; undefined when one of them is none of a lab's. */
export function labOf(hosts: readonly Pick<HostView, 'inventoryVars'>[]): string | undefined {
  const names = hosts.map(({ inventoryVars }) =>
    inventoryVars.ansible_connection === 'lab' ? String(inventoryVars.lab_name ?? 'lab') : undefined,
  );
  return new Set(names).size === 1 ? names[0] : undefined;
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The command line's program, and the clients'. */
export const PROGRAM = join(root, 'lib', 'bin.mjs');
export const CLIENT = join(root, 'dist', 'bundle', 'prove-client.js');

/** A playbook that is shipped. */
export function shippedPlaybook(name: string): string {
  return join(root, 'playbooks', name);
}

/** What has to stand before a command so that it runs on the hosts' network. */
export function entering(lab: string | undefined): readonly string[] {
  return lab === undefined ? [] : [process.execPath, PROGRAM, 'lab', 'enter', '--name', lab, '--'];
}

/** Its place differs between a checkout, a package and the specs. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
