import { join } from 'node:path';
import { action, file, type Layout, type NoVars, PlayError, sh } from '../../../lib/index.ts';
import { ctl } from '../../domain/rabbitmq/scripts/commands.ts';
import type { Figures } from '../client/figures.ts';
import { askClock } from '../cluster-state.ts';
import { askNotes, undoFaults } from '../fault.ts';
import type { FaultRecord, RunRecord, Settled } from '../ledger/record.ts';
import { vipFigures } from '../ledger/vip.ts';
import type { RunParams } from '../params.ts';
import { CONTROL_VHOST } from '../queues.ts';
import { type Context, runningBroker, underWay } from './run.ts';

/** Writes the run's record, from what clients and hosts wrote down, and leaves nothing on the hosts. */
export async function collect(context: Context, params: RunParams): Promise<Layout<NoVars>> {
  const run = await underWay(context, params);
  if (run === undefined) return () => [];
  const { own, work, scenario, controller, brokers, proxies, hosts } = run;
  const asked = Date.now();
  const clocks = await context.query(hosts, askClock);
  const middle = (asked + Date.now()) / 2;
  const notes = await context.query(hosts, askNotes);
  const read = async <T>(name: string, parse: (text: string) => T): Promise<T> => {
    const question = {
      name,
      fresh: true,
      script: sh`cat ${join(work, name)} 2>/dev/null`,
      parse: ({ stdout }: { stdout: string }) => parse(stdout),
    };
    const [answer] = [...(await context.query([controller], question)).values()];
    if (answer === undefined)
      throw new PlayError({ kind: 'failed', what: `${name} of ${run.name} can't be read` });
    return answer;
  };
  const figures = await read('figures.json', (text) => JSON.parse(text) as Figures);
  const settled = await read('settled.json', (text) => JSON.parse(text) as Settled);
  const struck = await read(
    'faults.json',
    (text) => JSON.parse(text) as readonly Pick<FaultRecord, 'on' | 'what'>[],
  );
  const played = await read('playbooks', (text) => [...text.matchAll(/^(\S+) (\d+) (\d+) (\d+)$/gm)]);
  // By the controller's clock: hosts need not agree on the time. What is below a tick is the question's own way.
  const late = (host: string) => {
    const offset = (clocks.get(host) ?? middle) - middle;
    return Math.abs(offset) < 200 ? 0 : offset;
  };
  const ticks = new Map(
    proxies.map(({ name }) => [
      name,
      (notes.get(name)?.ticks ?? []).map(({ at, held }) => ({ at: at - late(name), held })),
    ]),
  );
  const state = await run.state();
  const record: RunRecord = {
    scenario: scenario.name,
    title: scenario.title,
    run: own.run,
    version: [...state.health.values()][0]?.version ?? null,
    faults: [
      ...struck.flatMap(({ on, what }) => {
        const { began, ended } = notes.get(on) ?? {};
        return began === undefined || ended === undefined
          ? []
          : [{ on, what, from: began - late(on), to: ended - late(on) }];
      }),
      ...played.map(([, name = '', from, to]) => ({
        on: 'the cluster',
        what: name,
        from: Number(from),
        to: Number(to),
      })),
    ],
    settled,
    figures,
    vip: vipFigures(ticks, figures),
    failures: played
      .filter(([, , , , code]) => code !== '0')
      .map(([, name, , , code]) => `${name} ended with exit code ${code}: see ${join(work, `${name}.log`)}`),
  };
  const first = runningBroker(state, brokers);
  return () => [
    file({ path: `${work}.json`, content: `${JSON.stringify(record)}\n` }),
    ...hosts
      .filter(({ name }) => notes.has(name))
      .map(({ name }) => action({ title: 'leave nothing behind', run: undoFaults }, { on: name })),
    ...(scenario.name === 'control' && first !== undefined
      ? [
          action(
            { title: `remove the vhost ${CONTROL_VHOST}`, run: ctl('delete_vhost', CONTROL_VHOST) },
            { on: first.name },
          ),
        ]
      : []),
  ];
}
