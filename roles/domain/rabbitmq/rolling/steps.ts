import type { HostView, RoleHost, Step, StepContext, Task } from '../../../../lib/index.ts';
import { virtualAddresses } from '../../keepalived/instances.ts';
import { awaitVips } from '../../keepalived/vip.ts';
import { askHealth, queueTitle } from '../facts/health.ts';
import { pausedBy } from '../rules/safety.ts';
import { back, drains, keepalived, maintenance } from './components.ts';
import { takeOut } from './out-of-service.ts';
import { askProxies, handover } from './proxies.ts';

/** What makes one rolling role out of what all of them do. */
export interface Rolling<V, T> {
  /** The inventory group of the proxies. */
  readonly proxies: (vars: V) => string;
  /** Hosts that have it before them, by name, each with what is to come of it. Asked anew in each step. */
  readonly due: (context: StepContext<V>) => Promise<ReadonlyMap<string, T>>;
  /** What is done to a broker that nobody uses any more; it runs afterwards. */
  readonly deed: (host: RoleHost<V>, what: T) => readonly Task[];
  /** What is done once it is back. */
  readonly done: (host: RoleHost<V>) => readonly Task[];
}

/**
 * Steps that take one host out of all three layers, do something to its broker and put it back: the virtual IP goes to
 * another proxy, then no proxy sends it new clients, then the broker lets go of those it has.
 */
export function rollingSteps<V, T>({ proxies, due, deed, done }: Rolling<V, T>): readonly Step<V>[] {
  const groupOf = (context: StepContext<V>) =>
    context.hosts[0] === undefined ? '' : proxies(context.hosts[0].vars);
  return [
    async (context) => {
      const [at, seen] = await Promise.all([due(context), askProxies(context, groupOf(context))]);
      const hosts = context.hosts.filter(({ name }) => at.has(name));
      await tellPaused(context, hosts);
      const moves = new Map(
        hosts.map((host) => [host.name, handover(host.name, virtualAddresses([host]), seen)] as const),
      );
      for (const { name } of context.group(groupOf(context)))
        if (hosts.length > 0 && !seen.has(name))
          context.warn(`${name} does not answer: what its HAProxy does is not looked after`);
      for (const [name, move] of moves)
        if (move === 'nobody to take it')
          context.warn(`no other proxy could take the virtual IP: it stays on ${name}`);
      return ({ name }) => (moves.get(name) === 'hand over' ? [takeOut(keepalived)] : []);
    },
    async (context) => {
      const group = groupOf(context);
      const [at, seen] = await Promise.all([due(context), askProxies(context, group)]);
      const vips = virtualAddresses(context.hosts);
      // With none of the proxies' Keepalived at work nobody could take it, nor was it taken from anybody.
      const kept = [...seen.values()].some((proxy) => proxy.keepalived);
      if (!context.check && at.size > 0 && kept && vips.length > 0)
        await awaitVips({ ...context, playHosts: context.group(group) }, vips);
      return ({ name }) => (at.has(name) ? drains(name, [...seen.keys()]) : []);
    },
    async (context) => {
      const [at, seen] = await Promise.all([due(context), askProxies(context, groupOf(context))]);
      return (host) => {
        const what = at.get(host.name);
        if (what === undefined) return [];
        return [
          takeOut(maintenance, { timeLimit: 300 }),
          ...deed(host, what),
          ...back(host.name, [...seen.keys()], context.check),
          ...done(host),
        ];
      };
    },
  ];
}

/** Says which queues nobody serves meanwhile: they come back with their messages. */
async function tellPaused<V>(
  { query, playHosts, warn }: StepContext<V>,
  hosts: readonly HostView[],
): Promise<void> {
  const health = await query(playHosts, askHealth);
  for (const { name } of hosts) {
    const view = health.get(name);
    if (view === undefined) continue;
    const paused = pausedBy(view, [view.node]).map(queueTitle);
    if (paused.length > 0)
      warn(
        `while ${name} is away nobody serves ${paused.join(', ')}: on one node only, and there again with it`,
      );
  }
}
