import { join } from 'node:path';
import { action, file, type Layout, type NoVars, sh, type Task } from '../../../lib/index.ts';
import { BROKER_SERVICE } from '../../domain/rabbitmq/scripts/commands.ts';
import { type ClusterState, stuckLeaders } from '../cluster-state.ts';
import type { Settled } from '../ledger/record.ts';
import type { RunParams } from '../params.ts';
import { CLIENT } from '../site.ts';
import { playbook } from './playbook.ts';
import { recoveredWithin } from './recovery.ts';
import { type Context, type Run, underWay } from './run.ts';

/** Seconds that clients work undisturbed once all is whole again. */
const STEADY = 3;
const SETTLED = 'settled.json';
/** Why the cluster was helped, and how: a file each time. */
const helpedFile = (time: number) => `helped-${time}.json`;

/** What an operator does about a cluster that does not come back by itself, one after the other. */
const HELP: readonly ((
  run: Run,
  state: ClusterState,
) => { readonly done: string; readonly tasks: readonly Task[] })[] = [
  (run) => ({
    done: 'start-cluster.ts was run',
    tasks: [playbook(run, ['start-cluster.ts'], 'help')],
  }),
  // A mirrored queue may hang with copies that never become whole: it goes on once its leader was restarted.
  (run, state) => {
    const leaders = stuckLeaders(state, run.queues(state));
    return {
      done: `the broker was restarted on ${leaders.join(' and ')}`,
      tasks: leaders.map((on) =>
        action(
          {
            title: 'restart the broker that leads a queue which hangs',
            run: sh`systemctl restart ${BROKER_SERVICE}`,
          },
          { on, timeLimit: 900 },
        ),
      ),
    };
  },
];

/**
 * Waits until the cluster is whole again, and writes down when it was. One that does not come back by itself is helped as
 * its operator would do it, and waited for again.
 */
export const settle = [0, ...HELP.map((_, turn) => turn + 1)].map(
  (turn) =>
    async (context: Context, params: RunParams): Promise<Layout<NoVars>> => {
      const run = await underWay(context, params);
      if (run === undefined) return () => [];
      const { work } = run;
      const notes = await readNotes(context, run);
      if (notes.settled) return () => [];
      const { at, reasons, state } = await recoveredWithin(run, run.own.settle_seconds);
      const help = at === null ? HELP[turn]?.(run, state) : undefined;
      if (help === undefined || help.tasks.length === 0) {
        const settled: Settled = { at, reasons, helped: notes.helped };
        if (at === null) context.warn(`${run.name} did not settle: ${reasons.join('; ')}`);
        return () => [
          file({ path: join(work, SETTLED), content: JSON.stringify(settled) }),
          action({ title: `work undisturbed for ${STEADY} s more`, run: sh`sleep ${STEADY}` }),
        ];
      }
      const helped = `${reasons.join('; ')}: ${help.done}`;
      context.warn(`${run.name} does not come back by itself: ${helped}`);
      const note = { path: join(work, helpedFile(turn)), content: JSON.stringify(helped) };
      return () => [file(note), ...help.tasks];
    },
);

async function readNotes({ query }: Context, { controller, work }: Run) {
  const answers = await query([controller], {
    name: 'whether it has settled, and with what help',
    fresh: true,
    script: sh`if [ -e ${join(work, SETTLED)} ]; then echo settled; fi
for f in ${work}/helped-*.json; do if [ -e "$f" ]; then cat "$f"; echo; fi; done`,
    parse: ({ stdout }) => stdout.split('\n').filter(Boolean),
  });
  const said = answers.get(controller.name) ?? [];
  return {
    settled: said.includes('settled'),
    helped: said.filter((line) => line.startsWith('"')).map((line) => String(JSON.parse(line))),
  };
}

/** Ends the clients, which read on what is left and write their figures. */
export async function stop(context: Context, params: RunParams): Promise<Layout<NoVars>> {
  const run = await underWay(context, params);
  if (run === undefined) return () => [];
  const { work } = run;
  return () => [
    action(
      {
        title: 'stop the clients, and read on what is left',
        run: sh`${process.execPath} ${CLIENT} stop ${work}`,
      },
      { timeLimit: 150 },
    ),
  ];
}
