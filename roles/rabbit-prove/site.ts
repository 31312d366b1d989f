import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KnownHost, PlayError, type Secret, secret, type Value } from '../../lib/index.ts';
import type { Vars } from './vars.ts';

const DEFAULT_FRONT_PORT = 5673;

/** Where the clients connect to, and as whom. */
export interface Front {
  readonly vip: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
}

/** From the variables, else from what the inventory says of proxies and brokers. @throws PlayError `failed` */
export function frontOf(vars: Vars, brokers: readonly KnownHost[], proxies: readonly KnownHost[]): Front {
  const [vip] = [proxies[0]?.inventoryVars.keepalived_vips ?? []].flat();
  const port = proxies[0]?.inventoryVars.haproxy_front_port;
  const { rabbit_admin_user: user, rabbit_admin_password: password } = brokers[0]?.inventoryVars ?? {};
  const address = vars.prove_vip ?? text(vip)?.replace(/\/.*/, '');
  const given = vars.prove_password ?? (text(password) === undefined ? undefined : secret(String(password)));
  if (address === undefined) throw missing('the address that clients connect to', 'prove_vip');
  if (given === undefined) throw missing("the clients' password", 'prove_password');
  return {
    vip: address,
    port: vars.prove_port ?? (typeof port === 'number' ? port : DEFAULT_FRONT_PORT),
    user: vars.prove_user ?? text(user) ?? 'admin',
    password: given,
  };
}

function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function missing(what: string, variable: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `nothing says ${what}`,
    next: `set ${variable} in the inventory`,
  });
}

/** The lab that all these hosts are in; undefined when one of them is none of a lab's. */
export function labOf(hosts: readonly Pick<KnownHost, 'inventoryVars'>[]): string | undefined {
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
