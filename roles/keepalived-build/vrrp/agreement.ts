import type { Finding } from '../../../lib/index.ts';
import { isVip, sharesNetwork } from '../../domain/keepalived/addresses.ts';
import type { Instance, Site } from './model.ts';

/** VRRP version 2 has room for so many characters. */
const AUTH_LENGTH = 8;

/** What hosts must have in common, or apart, to understand each other. */
export function judgeAgreement(sites: readonly Site[]): readonly Finding[] {
  const instances = sites.flatMap((site) => site.instances);
  return [
    ...sites.flatMap((site, index) => sameName(site, sites.slice(0, index))),
    ...sites.flatMap(insecure),
    ...instances.flatMap(longPassword),
    ...instances.flatMap((instance, index) => pairs(instance, instances.slice(0, index))),
  ];
}

function sameName(site: Site, before: readonly Site[]): readonly Finding[] {
  const twin = before.find(({ routerName }) => routerName !== undefined && routerName === site.routerName);
  if (twin === undefined) return [];
  return [
    {
      ...site.at('router_id'),
      severity: 'warning',
      rule: 'router-id-same',
      what: `two hosts call themselves ${site.routerName}`,
      why: 'router_id is the name in messages: nobody could tell from a mail or a log which of them it was',
      next: "give each host's router_id a name of its own, such as its host name",
    },
  ];
}

function insecure(site: Site): readonly Finding[] {
  const scripts = site.instances.flatMap(({ watches }) => watches).filter(({ isScript }) => isScript);
  if (site.scriptSecurity || scripts.length === 0) return [];
  return [
    {
      ...site.at('enable_script_security'),
      severity: 'hint',
      rule: 'script-security',
      what: 'scripts are run without enable_script_security',
      why: 'where there is no user keepalived_script they run as root, also when others than root may write them',
      next: 'enable_script_security and script_user in global_defs',
    },
  ];
}

function longPassword(instance: Instance): readonly Finding[] {
  const length = instance.authPass?.length ?? 0;
  if (length <= AUTH_LENGTH) return [];
  return [
    {
      ...instance.at('auth_pass'),
      severity: 'warning',
      rule: 'auth-pass-long',
      what: `auth_pass has ${length} characters, and only the first ${AUTH_LENGTH} count`,
      why: 'VRRP cuts it off there: two passwords that begin alike are the same, and all of it is sent in the clear',
      next: `a password of ${AUTH_LENGTH} characters at most`,
    },
  ];
}

function pairs(instance: Instance, before: readonly Instance[]): readonly Finding[] {
  const sharing = before.filter(({ vips }) => vips.some((vip) => holds(instance, vip)));
  const apart = sharing.find(({ routerId }) => routerId !== instance.routerId);
  const namesake = before.find(
    (other) => other.routerId === instance.routerId && !sharing.includes(other) && meet(instance, other),
  );
  const fellow = sharing.find(({ routerId }) => routerId === instance.routerId);
  return [
    ...(apart ? [twoRouters(instance, apart)] : []),
    ...(namesake ? [oneRouter(instance, namesake)] : []),
    ...(fellow ? disagreement(instance, fellow) : []),
  ];
}

function twoRouters(instance: Instance, other: Instance): Finding {
  return {
    ...instance.at('virtual_router_id'),
    hosts: [other.host, instance.host],
    severity: 'error',
    rule: 'vip-held-twice',
    what: `the address ${shared(instance, other)} belongs to two virtual routers, ${other.routerId} and ${instance.routerId}`,
    why: 'instances with different ids do not see each other: each of them holds the address, at the same time',
    next: 'the same virtual_router_id on all hosts that share an address',
  };
}

function oneRouter(instance: Instance, other: Instance): Finding {
  const near = instance.vips.some((vip) => other.vips.some((each) => sharesNetwork(vip, each)));
  return {
    ...instance.at('virtual_router_id'),
    hosts: [...new Set([other.host, instance.host])],
    severity: near || instance.host === other.host ? 'error' : 'hint',
    rule: 'vrrp-router-id-twice',
    what: `virtual_router_id ${instance.routerId} is used for ${other.vips.join(', ')} and for ${instance.vips.join(', ')}`,
    why: `on one network they take each other's announcements for their own: one of them would hold nothing${near ? '' : ' (on different networks all is well)'}`,
    next: 'give each group of addresses an id of its own',
  };
}

function disagreement(instance: Instance, other: Instance): readonly Finding[] {
  const parts: readonly [string, string, string, boolean][] = [
    ['advert_int', String(other.advert), String(instance.advert), other.advert === instance.advert],
    ['auth_pass', 'one', 'another', cut(other) === cut(instance)],
    [
      'unicast_peer',
      other.unicast ? 'there' : 'missing',
      instance.unicast ? 'there' : 'missing',
      other.unicast === instance.unicast,
    ],
    [
      'virtual_ipaddress',
      other.vips.join(' '),
      instance.vips.join(' '),
      vipList(other) === vipList(instance),
    ],
  ];
  return parts.flatMap(([keyword, theirs, ours, agrees]) =>
    agrees
      ? []
      : [
          {
            ...instance.at(keyword),
            hosts: [other.host, instance.host],
            severity: 'error' as const,
            rule: 'vrrp-disagree',
            what: `${keyword} differs: ${theirs} on ${other.host}, ${ours} on ${instance.host}`,
            why: 'each host throws the announcements of the other away, takes it for dead, and holds the address as well',
            next: `the same ${keyword} on both`,
          },
        ],
  );
}

function holds({ vips }: Instance, vip: string): boolean {
  return vips.some((own) => bare(own) === bare(vip));
}

function shared(a: Instance, b: Instance): string {
  const [vip] = a.vips.filter((own) => holds(b, own)).map(bare);
  return vip ?? 'no address';
}

/** Whether they may hear each other: by interface names, as far as these are the same on both. */
function meet(a: Instance, b: Instance): boolean {
  return (
    a.interface === b.interface && [...a.vips, ...b.vips].every((vip) => isVip(vip) || vip.includes(':'))
  );
}

function cut({ authPass }: Instance): string | undefined {
  return authPass?.slice(0, AUTH_LENGTH);
}

function vipList({ vips }: Instance): string {
  return vips.map(bare).toSorted().join(' ');
}

function bare(vip: string): string {
  return vip.replace(/\/.*/, '');
}
