import type { Finding } from '../../../lib/index.ts';
import { judgeAgreement } from './agreement.ts';
import type { Instance, Site, Watch } from './model.ts';
import { proxyWatches, reckoning, settle, standing, type World } from './simulate.ts';

/** More seconds than this until HAProxy's death is noticed are worth a word. */
const PATIENCE = 15;

/** Judges what the hosts' configurations come to, taken together. */
export function judgeVrrp(sites: readonly Site[]): readonly Finding[] {
  const instances = sites.flatMap((site) => site.instances);
  return [...judgeAgreement(sites), ...together(instances).flatMap(judgeGroup)];
}

/** Instances that share a router id and an address: each such group agrees on one holder. */
export function together(instances: readonly Instance[]): readonly (readonly Instance[])[] {
  const groups: Instance[][] = [];
  for (const instance of instances) {
    const group = groups.find((members) =>
      members.some(
        ({ routerId, vips }) =>
          routerId === instance.routerId && vips.some((vip) => instance.vips.some((own) => same(own, vip))),
      ),
    );
    if (group) group.push(instance);
    else groups.push([instance]);
  }
  return groups;
}

/** Whether two addresses are one, with or without a prefix. */
export function same(a: string, b: string): boolean {
  return a.replace(/\/.*/, '') === b.replace(/\/.*/, '');
}

function judgeGroup(members: readonly Instance[]): readonly Finding[] {
  const holder = settle(members, {});
  if (holder === undefined) return [];
  if (members.length === 1) return [alone(holder)];
  return [
    ...order(members, holder),
    ...starters(members, holder)
      .flatMap((first) => proxyDies(members, first))
      .slice(0, 1),
    ...comesBack(members, holder),
    ...members.flatMap(slow),
  ];
}

function alone(holder: Instance): Finding {
  return {
    ...holder.at('virtual_ipaddress'),
    severity: 'warning',
    rule: 'vip-alone',
    what: `nobody but ${holder.host} can hold ${vipsOf(holder)}`,
    why: 'no other host has an instance with the same virtual_router_id and address: when this one is lost, so is the address',
    next: 'run Keepalived on a second proxy, with the same virtual_router_id and virtual_ipaddress',
  };
}

function order(members: readonly Instance[], holder: Instance): readonly Finding[] {
  const twin = members.find((each) => each !== holder && standing(each, {}) === standing(holder, {}));
  const hasty = members.find(({ state }) => state === 'MASTER' && !members.every((m) => m === holder));
  return [
    ...(twin
      ? [
          {
            ...twin.at('priority'),
            severity: 'warning' as const,
            rule: 'vrrp-same-priority',
            what: `${holder.host} and ${twin.host} have the same priority`,
            why: `both announce ${reckoning(holder, {})}: who holds ${vipsOf(holder)} is decided by their own addresses, and nobody meant that`,
            next: 'give each host a priority of its own',
          },
        ]
      : []),
    ...(hasty && hasty !== holder
      ? [
          {
            ...hasty.at('state'),
            severity: 'warning' as const,
            rule: 'vrrp-master-not-highest',
            what: `${hasty.host} starts as MASTER, and ${holder.host} has the higher priority`,
            why: `${hasty.host} announces ${reckoning(hasty, {})}, ${holder.host} ${reckoning(holder, {})}: at each start the address moves twice`,
            next: 'state BACKUP on every host',
          },
        ]
      : []),
    ...members.filter(({ saysNopreempt, nopreempt }) => saysNopreempt && !nopreempt).map(vain),
  ];
}

function vain(instance: Instance): Finding {
  return {
    ...instance.at('nopreempt'),
    severity: 'warning',
    rule: 'vrrp-nopreempt-ignored',
    what: `nopreempt has no effect on ${instance.host}`,
    why: 'Keepalived drops it from an instance with state MASTER or priority 255',
    next: 'state BACKUP and a priority below 255 on every host',
  };
}

/** Who may hold the address when all is well: with nopreempt whoever came first keeps it, whatever the priorities. */
function starters(members: readonly Instance[], highest: Instance): readonly Instance[] {
  return [highest, ...members.filter((each) => each !== highest && settle(members, {}, each) === each)];
}

/** HAProxy dies on the holder, then on the next one, while there is one where it works. */
function proxyDies(members: readonly Instance[], first: Instance): readonly Finding[] {
  const dead: string[] = [];
  let holder = first;
  while (dead.length < members.length - 1) {
    dead.push(holder.host);
    const next = settle(members, { dead }, holder);
    if (next === undefined || dead.includes(next.host)) return [stays(members, holder, { dead }, next)];
    holder = next;
  }
  return [];
}

function stays(
  members: readonly Instance[],
  holder: Instance,
  world: World,
  next: Instance | undefined,
): Finding {
  const watches = proxyWatches(holder);
  const others = members.filter(({ host }) => !world.dead?.includes(host));
  const before = world.dead && world.dead.length > 1 ? ' too' : '';
  const ends =
    next === holder || next === undefined ? 'never moves' : `goes to ${next.host}, where it is dead as well,`;
  return {
    ...(watches[0] ? holder.at('priority') : holder.at('track_script')),
    hosts: [holder.host, ...others.map(({ host }) => host)],
    severity: 'error',
    rule: 'vip-never-moves',
    what: `the VIP ${vipsOf(holder)} ${ends} when HAProxy dies on ${holder.host}${before}`,
    ...reasons(holder, others, watches, world),
  };
}

function reasons(
  holder: Instance,
  others: readonly Instance[],
  watches: readonly Watch[],
  world: World,
): Pick<Finding, 'why' | 'next'> {
  if (watches.length === 0) {
    return {
      why: `nothing on ${holder.host} looks after HAProxy: the instance tracks no script and no process`,
      next: 'track a script that fails while HAProxy does not answer, without a weight',
    };
  }
  const next =
    'leave `weight` out, so that a failed check is a FAULT: the host gives the address up, and is a candidate again once it heals';
  const rest = others.map((other) => `${other.host} ${reckoning(other, world)}`).join(', ');
  const figures = `then ${holder.host} announces ${reckoning(holder, world)}, ${rest}`;
  const shy = others.filter(
    (other) => other.nopreempt && (standing(other, world) ?? 0) > (standing(holder, world) ?? 0),
  );
  if (shy.length > 0) {
    const names = shy.map(({ host }) => host).join(' and ');
    return {
      why: `${figures}: that would do, but with nopreempt ${names} never takes over from a host that still announces itself`,
      next,
    };
  }
  const [watch] = watches;
  const effect =
    watch && watch.weight > 0
      ? `weight ${watch.weight} of ${watch.name} adds while the check succeeds, and takes nothing below the priority when it fails`
      : `weight ${watch?.weight} of ${watch?.name} is too little`;
  return { why: `${figures}; a holder gives way only to a higher one: ${effect}`, next };
}

/** The address goes back by itself, and cuts everybody off a second time. */
function comesBack(members: readonly Instance[], first: Instance): readonly Finding[] {
  const cases: readonly [World, string][] = [
    [{ dead: [first.host] }, 'HAProxy works again'],
    [{ gone: [first.host] }, 'the host or its Keepalived is back'],
  ];
  const moved = cases.find(([world]) => {
    const other = settle(members, world, first);
    return other !== undefined && other !== first && settle(members, {}, other) === first;
  });
  if (moved === undefined) return [];
  const [world, when] = moved;
  const watch = proxyWatches(first)[0];
  const flaps = world.dead !== undefined && watch?.rise === 1 && watch.fall === 1;
  return [
    {
      ...first.at('priority'),
      severity: flaps ? 'warning' : 'hint',
      rule: 'vip-returns',
      what: `the VIP ${vipsOf(first)} goes back to ${first.host} as soon as ${when}`,
      why: flaps
        ? `one failed check moves it and one good check moves it back, every ${watch.interval} s if need be; each move cuts all clients off`
        : 'each move cuts all clients off, this one for nothing',
      next: `state BACKUP and nopreempt on every host${flaps ? ', and fall 2, rise 2 for the check' : ''}; with nopreempt the check must have no weight`,
    },
  ];
}

function slow(instance: Instance): readonly Finding[] {
  const seconds = Math.max(0, ...proxyWatches(instance).map(({ fall, interval }) => fall * interval));
  const crash = 3 * instance.advert;
  if (Math.max(seconds, crash) <= PATIENCE) return [];
  return [
    {
      ...instance.at(seconds > crash ? 'track_script' : 'advert_int'),
      severity: 'hint',
      rule: 'vip-slow',
      what: `clients wait ${Math.max(seconds, crash)} s and more until the VIP ${vipsOf(instance)} moves`,
      why: `HAProxy's death is noticed after ${seconds} s (fall × interval), a dead host after ${crash} s (3 × advert_int)`,
      next: 'advert_int 1, and a check every 2 s with fall 2',
    },
  ];
}

function vipsOf({ vips }: Instance): string {
  return vips.map((vip) => vip.replace(/\/.*/, '')).join(', ');
}
