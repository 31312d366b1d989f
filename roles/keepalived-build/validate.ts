import { PlayError, type RoleHost, type ValidateContext } from '../../lib/index.ts';
import { validateSource } from '../domain/build/source.ts';
import { isVip } from '../domain/keepalived/addresses.ts';
import { allVips, instancesOf } from '../domain/keepalived/instances.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';
import { priorities } from './priority.ts';
import { KEEPALIVED_SOURCE } from './recipe.ts';

type Hosts = readonly RoleHost<KeepalivedVars>[];
type Context = Pick<ValidateContext, 'playHosts' | 'designOnly'>;

/** Throws what is wrong with the variables and can be seen before any host is contacted. */
export function validateKeepalived(hosts: Hosts, context: Context): void {
  for (const { name, vars } of hosts) {
    validateInstall(vars, context);
    validateInstances(vars, context);
    validateVips(vars, context);
    if (vars.keepalived_state === 'MASTER' && !vars.keepalived_preempt) {
      throw mistake(
        `${name} has keepalived_state MASTER without keepalived_preempt: a MASTER takes the addresses back whenever it starts`,
      );
    }
  }
  validateAgreement(hosts);
  validateOrder(context);
}

function validateInstall(vars: KeepalivedVars, context: Context): void {
  const { keepalived_install: how, keepalived_use_installed: installed } = vars;
  if (how === 'package' && installed !== undefined) {
    throw mistake(
      'keepalived_use_installed names a build, and keepalived_install is package: only one can be',
    );
  }
  // What a package or an earlier build was made from is not asked for.
  if (how === 'package' || installed !== undefined) return;
  validateSource(vars.keepalived_source, vars.keepalived_sha256, KEEPALIVED_SOURCE, context);
}

function validateInstances(vars: KeepalivedVars, { playHosts }: Context): void {
  const instances = instancesOf(vars);
  for (const [index, { name, virtual_router_id: id, prefer }] of instances.entries()) {
    for (const other of instances.slice(index + 1)) {
      if (other.name === name) throw mistake(`two groups of addresses are called ${name}`);
      if (other.virtual_router_id === id) {
        throw mistake(
          `${name} and ${other.name} both have virtual_router_id ${id}: each needs one of its own`,
        );
      }
    }
    if (prefer !== undefined && !playHosts.some((host) => host.name === prefer)) {
      throw mistake(`${name} in keepalived_instances prefers ${prefer}, which is no host of this play`);
    }
  }
}

function validateVips(vars: KeepalivedVars, { playHosts }: Context): void {
  const vips = allVips(vars);
  for (const vip of vips) {
    if (!isVip(vip)) {
      throw mistake(
        `"${vip}" in keepalived_vips is no IPv4 address, with or without a prefix as in 192.0.2.200/24`,
      );
    }
    const [address] = vip.split('/');
    const owner = playHosts.find((host) => host.address === address);
    if (owner) throw mistake(`${vip} in keepalived_vips is the own address of ${owner.name}`);
  }
  const addresses = vips.map((vip) => vip.split('/')[0]);
  const double = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (double !== undefined) throw mistake(`keepalived_vips names ${double} twice`);
}

/** Hosts that differ in one of these would not hear each other, and would all hold the addresses. */
function validateAgreement(hosts: Hosts): void {
  const [first] = hosts;
  const common: Readonly<Record<string, (vars: KeepalivedVars) => string>> = {
    keepalived_virtual_router_id: (vars) => String(vars.keepalived_virtual_router_id),
    keepalived_vips: (vars) => vars.keepalived_vips.toSorted().join(' '),
    keepalived_instances: (vars) => JSON.stringify(vars.keepalived_instances),
    keepalived_auth_pass: (vars) => vars.keepalived_auth_pass.reveal(),
    keepalived_advert_int: (vars) => String(vars.keepalived_advert_int),
    keepalived_unicast: (vars) => String(vars.keepalived_unicast),
    keepalived_preempt: (vars) => String(vars.keepalived_preempt),
  };
  for (const [name, value] of Object.entries(common)) {
    const other = hosts.find(({ vars }) => first && value(vars) !== value(first.vars));
    if (first && other) {
      throw mistake(`${name} is not the same on ${first.name} and ${other.name}, which share the addresses`);
    }
  }
  const masters = hosts.filter(({ vars }) => vars.keepalived_state === 'MASTER').map(({ name }) => name);
  if (masters.length > 1) throw mistake(`only one host can be MASTER, not ${masters.join(' and ')}`);
}

function validateOrder({ playHosts }: Context): void {
  const owners = new Map<number, string>();
  for (const [name, priority] of priorities(playHosts)) {
    const other = owners.get(priority);
    if (other !== undefined) {
      throw mistake(
        `${other} and ${name} both have keepalived_priority ${priority}: each host needs one of its own`,
      );
    }
    owners.set(priority, name);
  }
}

function mistake(what: string): PlayError {
  return new PlayError({ kind: 'input', what });
}
