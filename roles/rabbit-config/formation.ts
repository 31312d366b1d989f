import { type Change, defineTask, lines, sh, type TaskType } from '../../lib/index.ts';
import { askBroker, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { classify } from '../domain/rabbitmq/rules/classify.ts';
import type { FounderView } from '../domain/rabbitmq/rules/founding-node.ts';
import { BROKER_SERVICE, ctl, underLock } from '../domain/rabbitmq/scripts/commands.ts';
import { putAside } from '../domain/rabbitmq/scripts/data-folder.ts';

/** What a task claims that leaves a broker stopped, to start for the first time. */
export const FIRST_START = 'rabbitmq first start';

export interface FormationWant {
  readonly host: string;
  /** The cluster that discovery is to find. */
  readonly seed: FounderView;
  readonly harmlessUsers: readonly string[];
}

/**
 * A broker asks its peers only on its first start, and a package starts it at once, alone. One that has been proven to
 * hold nothing is made to start for the first time again: what it has is put aside, not deleted.
 */
export const blank = defineTask<FormationWant, Snapshot>({
  name: 'rabbit-blank',
  title: () => 'broker ready for peer discovery',
  claims: ({ seed }) => ({ [FIRST_START]: seed.node }),
  fact: () => askBroker,
  diff(state, want) {
    const { standing, reason } = classify(state, want.seed, want.harmlessUsers);
    if (state.node === want.seed.node || standing === 'blank') return [];
    if (standing === 'empty') return [{ what: 'database', from: reason, to: 'none' }];
    if (standing === 'member' || standing === 'half-joined') return [];
    throw new Error(
      `${want.host} can't be made to form a cluster by peer discovery, which is for brokers that hold nothing: ${reason}; leave rabbit_config_peer_discovery out and use the role rabbit-join, which says what can be done`,
    );
  },
  apply: () => lines(underLock, putAside),
} satisfies TaskType<FormationWant, Snapshot>);

const member = defineTask<FormationWant, Snapshot>({
  name: 'rabbit-discovered',
  title: ({ seed }) => `formed with ${seed.node} by peer discovery`,
  // The same that joining would bring about: the role rabbit-join, coming after, finds it done.
  claims: ({ seed }) => ({ 'rabbitmq membership': `${seed.node} disc` }),
  fact: () => askBroker,
  diff(state, want): readonly Change[] {
    const { standing, reason } = classify(state, want.seed, want.harmlessUsers);
    if (state.node === want.seed.node || standing === 'member' || standing === 'half-joined') return [];
    return [{ what: 'membership', from: reason, to: want.seed.node }];
  },
  apply: () =>
    lines(
      underLock,
      sh`systemctl --no-ask-password start ${BROKER_SERVICE} </dev/null`,
      ctl('await_startup', '--timeout', '300'),
    ),
} satisfies TaskType<FormationWant, Snapshot>);

/** Nodes come one after the other: each finds those before it. */
export function discovered(want: FormationWant) {
  return member(want, { oneAtATime: 'rabbit-discovery' });
}
