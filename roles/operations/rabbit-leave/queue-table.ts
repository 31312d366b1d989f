import { defineHandoff, type NoVars, playSteps, type RoleUse, type StepContext } from '../../../lib/index.ts';
import { askHealth, type QueueHealth, queueTitle } from '../../domain/rabbitmq/facts/health.ts';

/** The queues of a cluster by title; exclusive ones, which live and die with a connection, are left out. */
type Queues = ReadonlyMap<string, QueueHealth>;

const queuesBefore = defineHandoff<Queues | undefined>({
  name: 'queues before',
  from: 'the role queues-before',
  scope: 'run',
});

/**
 * Two parts of one run: `before` remembers the queues as they are, `after` shows each as it was and as it is. What did
 * not change is counted only.
 */
export function queueTable(): { readonly before: RoleUse; readonly after: RoleUse } {
  return {
    before: lookOnly('queues-before', async (context) => {
      context.handOff(queuesBefore, await queuesOf(context));
    }),
    after: lookOnly('queues-after', async (context) => {
      const first = await context.received(queuesBefore, () => undefined);
      const now = await queuesOf(context);
      if (first === undefined || now === undefined || context.check) return;
      const rows = tableRows(first, now);
      const moved = rows.filter(({ before, after }) => before !== after);
      if (moved.length === 0) return;
      const same = rows.length - moved.length;
      context.report({
        title: 'queues before and after',
        text: tableText(moved, same),
        data: { moved, same },
      });
    }),
  };
}

export interface TableRow {
  readonly queue: string;
  readonly type: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Every queue with where it was and where it is: the leader before a colon, replicas that don't run or are not
 * synchronised in brackets.
 */
export function tableRows(before: Queues, after: Queues): readonly TableRow[] {
  return [...new Map([...before, ...after])]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([title, { type }]) => ({
      queue: title,
      type,
      before: placeOf(before.get(title)),
      after: placeOf(after.get(title)),
    }));
}

function placeOf(queue: QueueHealth | undefined): string {
  if (queue === undefined) return 'absent';
  const { leader, members, online } = queue;
  const word = (node: string) => (online.includes(node) ? shortName(node) : `(${shortName(node)})`);
  const others = members.filter((node) => node !== leader).sort();
  return `${leader === null ? 'nobody' : word(leader)}: ${others.map(word).join(' ')}`.replace(/: $/, '');
}

/** Without the part before the `@` where it is the usual one. */
function shortName(node: string): string {
  return node.replace(/^rabbit@/, '');
}

/** As columns under a head, with a last line for those that are as they were. */
export function tableText(rows: readonly TableRow[], same: number): string {
  const all = [{ queue: 'queue', type: 'type', before: 'before', after: 'after' }, ...rows];
  const width = (key: keyof TableRow) => Math.max(...all.map((row) => row[key].length));
  const text = all.map(({ queue, type, before, after }) =>
    `${queue.padEnd(width('queue'))}  ${type.padEnd(width('type'))}  ${before.padEnd(width('before'))}  ${after}`.trimEnd(),
  );
  return [...text, ...(same > 0 ? [`${same} more are as they were`] : [])].join('\n');
}

async function queuesOf({ hosts, query }: StepContext<unknown>): Promise<Queues | undefined> {
  const views = [...(await query(hosts, askHealth)).values()];
  const view = views.find((each) => each?.running && each.queues !== null);
  const queues = view?.queues?.filter(({ exclusive }) => !exclusive);
  return queues && new Map(queues.map((queue) => [queueTitle(queue), queue]));
}

function lookOnly(name: string, look: (context: StepContext<NoVars>) => Promise<void>): RoleUse {
  return playSteps(name, [
    async (context) => {
      await look(context);
      return () => [];
    },
  ]);
}
