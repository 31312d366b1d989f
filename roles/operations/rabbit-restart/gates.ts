import type { Gate } from '../../../lib/index.ts';
import { healthy, healthyNow, survives } from '../../domain/rabbitmq/gates/cluster.ts';

/**
 * What holds before the first host is taken out and between two. Mirrors that catch up are given minutes between two hosts,
 * since the roll itself made them fall behind; before the first, what is missing is rather missing for good.
 */
export const rollGates: readonly Gate[] = [
  healthyNow,
  healthy,
  { ...survives, at: ['before'], within: 60 },
  { ...survives, at: ['between'] },
];
