import { defineFact, type StepContext, sh } from '../../../lib/index.ts';
import { type Component, OUT_FOLDER } from '../../domain/rabbitmq/rolling/out-of-service.ts';

/** The mark of a host that this roll, in one run or several, has been at; it goes when the roll is over. */
export const rolled: Component = {
  id: 'rolled',
  title: 'of this roll',
  probe: sh`if [ -e ${`${OUT_FOLDER}/rolled`} ]; then echo out; else echo in; fi`,
  remove: sh`:`,
  restore: sh`:`,
};

/** A roll that was left a day ago is over: who asks for one then means all hosts. */
const askRolled = defineFact<boolean>({
  name: 'whether a roll that is not over has been here',
  fresh: true,
  script: sh`find ${`${OUT_FOLDER}/rolled`} -mmin -1440 2>/dev/null`,
  parse: ({ stdout }) => stdout.trim() !== '',
});

/** Hosts that a roll which is not over has been at. */
export async function rolledHosts<V>(
  { query }: Pick<StepContext<V>, 'query'>,
  hosts: readonly { readonly name: string }[],
): Promise<ReadonlySet<string>> {
  const answers = await query(hosts, askRolled);
  return new Set([...answers].flatMap(([name, was]) => (was ? [name] : [])));
}
