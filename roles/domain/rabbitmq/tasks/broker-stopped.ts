import { defineFact, defineTask, lines, sh, type TaskType } from '../../../../lib/index.ts';
import { stopUnit } from '../scripts/boot.ts';
import { BROKER_SERVICE, underLock } from '../scripts/commands.ts';

/** systemd's ActiveState of the broker's unit. */
const unit = defineFact({
  name: "state of the broker's unit",
  script: sh`systemctl show -p ActiveState --value ${BROKER_SERVICE}`,
  parse: ({ stdout }) => stdout.trim(),
});

/** A broker's unit that is down; of one cluster's nodes each is another thing, whichever host's list they are on. */
export const brokerStoppedType: TaskType<{ readonly node: string }, string> = {
  name: 'rabbit-stopped',
  title: ({ node }) => `stop ${node}`,
  claims: ({ node }) => ({ [`broker ${node}`]: 'stopped' }),
  fact: () => unit,
  diff: (state) =>
    state === 'inactive' || state === 'failed' ? [] : [{ what: 'broker', from: state, to: 'stopped' }],
  apply: () => lines(underLock, stopUnit),
};

export const brokerStopped = defineTask(brokerStoppedType);
