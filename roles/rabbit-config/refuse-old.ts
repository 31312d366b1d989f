import { PlayError } from '../../lib/index.ts';
import type { Vars } from '../domain/rabbitmq/settings/config.ts';

/** @throws PlayError when the broker is too old for what is wanted; one that doesn't tell its version is not judged */
export function refuseOld(host: string, own: Vars, version: string | null | undefined): void {
  if (!version || own.rabbit_config_default_queue_type === undefined) return;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 3 || minor >= 13) return;
  throw new PlayError({
    kind: 'failed',
    what: `RabbitMQ ${version} has no default_queue_type in rabbitmq.conf`,
    why: 'it came with 3.13, and the broker would not start with a setting that it does not know',
    next: 'leave rabbit_config_default_queue_type out, and give virtual hosts a default_queue_type of their own (role rabbit-entities)',
    where: { host },
  });
}
