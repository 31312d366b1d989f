import { defineTask, type TaskType } from '../../lib/index.ts';
import { ctl } from '../support/rabbitmq/commands.ts';
import { defaultTypeClaim } from '../support/rabbitmq/entities.ts';
import { parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';

export interface DefaultQueueTypeWant {
  readonly vhost: string;
  readonly type: 'quorum' | 'classic' | 'stream';
}

/** What queues of a virtual host are that are declared without a type. It is about new queues only. */
export const defaultQueueTypeType: TaskType<DefaultQueueTypeWant, Snapshot> = {
  name: 'rabbit-default-queue-type',
  title: ({ vhost, type }) => `default queue type ${type} on ${vhost}`,
  claims: ({ vhost, type }) => defaultTypeClaim(vhost, type),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff({ live }, { vhost, type }) {
    if (live?.running !== true) throw new Error('the broker is not running');
    if (!live.vhosts?.includes(vhost)) throw new Error(`there is no virtual host ${vhost}`);
    // As its module is called, where somebody has set it by that name.
    const current = live.defaultQueueTypes?.[vhost]?.replace(/^rabbit_(\w+)_queue$/, '$1');
    return current === type ? [] : [{ what: 'default queue type', from: current ?? 'not set', to: type }];
  },
  apply: ({ vhost, type }) => ctl('update_vhost_metadata', vhost, '--default-queue-type', type),
};

export const defaultQueueType = defineTask(defaultQueueTypeType);
