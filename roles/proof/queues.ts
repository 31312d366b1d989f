import type { QueueSpec } from './client/spec.ts';

/** Where the control's queues are: no policy of the cluster's own reaches them there. */
export const CONTROL_VHOST = 'ts-play-prove-control';

/** Queues that a run writes to. Their names are the proof's own, and they are deleted when it ends. */
export function queuesFor(of: {
  readonly vhost: string;
  /** The broker still knows mirrored queues: below 4.0. */
  readonly mirrors: boolean;
  readonly control: boolean;
}): readonly QueueSpec[] {
  const replicated = { vhost: of.vhost, durable: true, control: false, consumed: true };
  const unreplicated = { vhost: CONTROL_VHOST, type: 'classic', control: true } as const;
  return [
    { ...replicated, kind: 'quorum', name: 'ts-play.prove.quorum', type: 'quorum' },
    ...(of.mirrors
      ? [{ ...replicated, kind: 'mirrored', name: 'ts-play.prove.mirrored', type: 'classic' } as const]
      : []),
    ...(of.control
      ? [
          // Comes back with its host: unavailable meanwhile.
          {
            ...unreplicated,
            kind: 'control-durable',
            name: 'ts-play.prove.durable',
            durable: true,
            consumed: true,
          },
          // Is lost with its host, with all messages that were not read yet.
          {
            ...unreplicated,
            kind: 'control-transient',
            name: 'ts-play.prove.transient',
            durable: false,
            consumed: false,
          },
        ]
      : []),
  ];
}
