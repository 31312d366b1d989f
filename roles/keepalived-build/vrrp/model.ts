import type { Spot } from '../../../lib/index.ts';
import type { Statement } from './parse.ts';

/** A script or process that an instance's standing depends on. Seconds. */
export interface Watch {
  readonly name: string;
  /** What is run, or which process is looked for. */
  readonly command: string;
  readonly isScript: boolean;
  /** 0: a failure is a FAULT. Above: added while it succeeds. Below: taken off while it fails. */
  readonly weight: number;
  readonly interval: number;
  readonly timeout: number;
  readonly fall: number;
  readonly rise: number;
  /** Whether the script stops Keepalived when HAProxy is dead, which has the host give its addresses up for good. */
  readonly stopsKeepalived?: boolean;
  readonly spot: Spot;
}

/** A vrrp_instance of one host, with Keepalived's defaults filled in. */
export interface Instance {
  readonly host: string;
  readonly name: string;
  readonly state: string;
  /** As Keepalived takes it: with `state MASTER` or priority 255 the word is dropped. */
  readonly nopreempt: boolean;
  readonly saysNopreempt: boolean;
  readonly interface: string;
  readonly routerId: number;
  readonly priority: number;
  /** Seconds. */
  readonly advert: number;
  /** As written; the first word of each. */
  readonly vips: readonly string[];
  readonly authPass: string | undefined;
  readonly unicast: boolean;
  readonly watches: readonly Watch[];
  /** Where a keyword of it stands, else where it begins. */
  at(keyword: string): Spot;
}

/** What one host's keepalived.conf comes to. */
export interface Site {
  readonly host: string;
  /** `router_id`, the host's name in messages. */
  readonly routerName: string | undefined;
  readonly scriptSecurity: boolean;
  readonly instances: readonly Instance[];
  at(keyword: string): Spot;
}

/** Where a statement was written. */
export type Locate = (statement: Statement) => Spot;

/** Reads what statements mean; keywords that VRRP's outcome does not depend on are passed over. */
export function readSite(host: string, statements: readonly Statement[], locate: Locate): Site {
  const globals = statements.filter(({ keyword }) => keyword === 'global_defs').flatMap(({ block }) => block);
  const watches = readWatches(statements, locate);
  const groups = statements.filter(({ keyword }) => keyword === 'vrrp_sync_group').map(readGroup);
  const blocks = statements.filter(({ keyword }) => keyword === 'vrrp_instance');
  const tracked = new Map(blocks.map((block) => [nameOf(block), trackedBy(block.block, watches, locate)]));
  return {
    host,
    routerName: word(globals, 'router_id'),
    scriptSecurity: has(globals, 'enable_script_security'),
    instances: blocks.map((block) => {
      const name = nameOf(block);
      // The members of a sync group fail together.
      const fellows = groups.filter(({ members }) => members.includes(name));
      const shared = fellows.flatMap(({ block: own, members }) => [
        ...trackedBy(own, watches, locate),
        ...members.flatMap((member) =>
          member === name ? [] : (tracked.get(member) ?? []).filter(({ weight }) => weight === 0),
        ),
      ]);
      return readInstance(host, block, [...(tracked.get(name) ?? []), ...shared], locate);
    }),
    at: (keyword) => {
      const found = find(globals, keyword) ?? find(statements, 'global_defs') ?? statements[0];
      return found ? locate(found) : { hosts: [host], where: {} };
    },
  };
}

/** The name behind a keyword; empty where the file gives none. */
function nameOf({ args: [name = ''] }: Statement): string {
  return name;
}

function readInstance(
  host: string,
  statement: Statement,
  watches: readonly Watch[],
  locate: Locate,
): Instance {
  const { block } = statement;
  const state = word(block, 'state') ?? 'BACKUP';
  const priority = number(block, 'priority', 100);
  const saysNopreempt = has(block, 'nopreempt');
  return {
    host,
    name: nameOf(statement),
    state,
    saysNopreempt,
    nopreempt: saysNopreempt && state !== 'MASTER' && priority !== 255,
    interface: word(block, 'interface') ?? '',
    routerId: number(block, 'virtual_router_id', 0),
    priority,
    advert: number(block, 'advert_int', 1),
    vips: blockOf(block, 'virtual_ipaddress').map(({ keyword }) => keyword),
    authPass: word(blockOf(block, 'authentication'), 'auth_pass'),
    unicast: find(block, 'unicast_peer') !== undefined,
    watches,
    at: (keyword) => locate(find([...block, ...block.flatMap((each) => each.block)], keyword) ?? statement),
  };
}

function readWatches(statements: readonly Statement[], locate: Locate): ReadonlyMap<string, Watch> {
  const found = new Map<string, Watch>();
  for (const statement of statements) {
    const { keyword, block } = statement;
    if (keyword !== 'vrrp_script' && keyword !== 'vrrp_track_process') continue;
    const isScript = keyword === 'vrrp_script';
    const interval = number(block, 'interval', 1);
    const name = nameOf(statement);
    found.set(name, {
      name,
      isScript,
      command: words(block, isScript ? 'script' : 'process').join(' '),
      weight: number(block, 'weight', 0),
      interval,
      timeout: number(block, 'timeout', interval),
      fall: isScript ? number(block, 'fall', 1) : 1,
      rise: isScript ? number(block, 'rise', 1) : 1,
      spot: locate(find(block, 'weight') ?? statement),
    });
  }
  return found;
}

/** What a block tracks; a weight given there wins over the script's own. */
function trackedBy(
  block: readonly Statement[],
  watches: ReadonlyMap<string, Watch>,
  locate: Locate,
): readonly Watch[] {
  return ['track_script', 'track_process'].flatMap((kind) =>
    blockOf(block, kind).flatMap((statement) => {
      const watch = watches.get(statement.keyword);
      if (watch === undefined) return [];
      const at = statement.args.indexOf('weight');
      if (at < 0) return [watch];
      return [{ ...watch, weight: Number(statement.args[at + 1]) || 0, spot: locate(statement) }];
    }),
  );
}

function readGroup({ block }: Statement) {
  // Its members stand in a block, one a line or all on one.
  const members = blockOf(block, 'group').flatMap(({ keyword, args }) => [keyword, ...args]);
  return { block, members };
}

function find(block: readonly Statement[], keyword: string): Statement | undefined {
  return block.find((each) => each.keyword === keyword);
}

function has(block: readonly Statement[], keyword: string): boolean {
  return find(block, keyword) !== undefined;
}

function blockOf(block: readonly Statement[], keyword: string): readonly Statement[] {
  return block.filter((each) => each.keyword === keyword).flatMap((each) => each.block);
}

function words(block: readonly Statement[], keyword: string): readonly string[] {
  return find(block, keyword)?.args ?? [];
}

function word(block: readonly Statement[], keyword: string): string | undefined {
  return words(block, keyword)[0];
}

function number(block: readonly Statement[], keyword: string, otherwise: number): number {
  const value = Number(word(block, keyword) ?? Number.NaN);
  return Number.isFinite(value) ? value : otherwise;
}
