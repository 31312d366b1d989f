import type { HostView, NoVars, Step, StepContext, Task } from '../../../../lib/index.ts';
import { virtualAddresses } from '../../keepalived/instances.ts';
import { awaitVips } from '../../keepalived/vip.ts';
import { askHealth, queueTitle } from '../facts/health.ts';
import { pausedBy } from '../rules/safety.ts';
import { keepalived, maintenance, putBackHost, takeOutOfProxies } from './components.ts';
import { takeOut } from './out-of-service.ts';
import { handover, proxyStates } from './proxies.ts';

/** What one rolling operation does, within what all of them do. */
export interface Rolling<T> {
  /** The inventory group of the proxies. */
  readonly proxyGroup: string;
  /** Hosts that are still to be worked on, by name, each with its target. Asked again in each step. */
  readonly due: (context: StepContext<NoVars>) => Promise<ReadonlyMap<string, T>>;
  /** What is done to a broker that is out of service; it runs afterwards. */
  readonly action: (target: T) => readonly Task[];
  /** What is done once it is back. */
  readonly after: readonly Task[];
}

/**
 * Steps that take one host out of service, do something to its broker and put it back: the virtual IP goes to another
 * proxy, then no proxy sends it new clients, then the broker closes the connections it has.
 */
export function rollingSteps<T>({ proxyGroup, due, action, after }: Rolling<T>): readonly Step<NoVars>[] {
  return [
    async (context) => {
      const [at, seen] = await Promise.all([due(context), proxyStates(context, proxyGroup)]);
      const hosts = context.hosts.filter(({ name }) => at.has(name));
      await tellPaused(context, hosts);
      const moves = new Map(
        hosts.map((host) => [host.name, handover(host.name, virtualAddresses([host]), seen)] as const),
      );
      for (const { name } of context.group(proxyGroup))
        if (hosts.length > 0 && !seen.has(name))
          context.warn(`${name} does not answer: what its HAProxy does is not looked after`);
      for (const [name, move] of moves)
        if (move === 'nobody to take it')
          context.warn(`no other proxy could take the virtual IP: it stays on ${name}`);
      return ({ name }) => (moves.get(name) === 'hand over' ? [takeOut(keepalived)] : []);
    },
    async (context) => {
      const [at, seen] = await Promise.all([due(context), proxyStates(context, proxyGroup)]);
      const vips = virtualAddresses(context.hosts);
      // If Keepalived runs on no proxy, none can take the addresses, and none has lost them.
      const kept = [...seen.values()].some((proxy) => proxy.keepalived);
      if (!context.check && at.size > 0 && kept && vips.length > 0)
        await awaitVips({ ...context, playHosts: context.group(proxyGroup) }, vips);
      return ({ name }) => (at.has(name) ? takeOutOfProxies(name, [...seen.keys()]) : []);
    },
    async (context) => {
      const [at, seen] = await Promise.all([due(context), proxyStates(context, proxyGroup)]);
      return ({ name }) => {
        const target = at.get(name);
        if (target === undefined) return [];
        return [
          takeOut(maintenance, { timeLimit: 300 }),
          ...action(target),
          ...putBackHost(name, [...seen.keys()], context.check),
          ...after,
        ];
      };
    },
  ];
}

/** Warns of queues that are not served meanwhile; they come back with their messages. */
async function tellPaused(
  { query, playHosts, warn }: StepContext<NoVars>,
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
