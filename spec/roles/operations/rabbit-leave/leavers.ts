import type { Leaver } from '../../../../roles/operations/rabbit-leave/leaver.ts';
import { down, running } from '../../domain/rabbitmq/nodes.ts';
import { a, b, c } from '../../domain/rabbitmq/views.ts';

/** The third node, alive. */
export const leaver = (over: Partial<Leaver> = {}): Leaver => ({
  host: 'c',
  node: c,
  member: true,
  up: true,
  snapshot: running('c', { members: [a, b, c], up: [a, b, c] }),
  ...over,
});

/** The third node, whose host is gone. */
export const dead = leaver({ up: false, snapshot: undefined });

/** The third node, whose broker is down. */
export const stopped = leaver({ up: false, snapshot: down('c', [a, b, c]) });
