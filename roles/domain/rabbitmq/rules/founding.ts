import type { HostView } from '../../../../lib/index.ts';
import { joinSettings } from '../settings/join.ts';

/** What the variables say of how a cluster begins. */
export interface Founding {
  /** The host in `rabbit_seed`: it decides where nothing that a broker holds does. */
  readonly seed: string | undefined;
  /** Hosts whose data may be destroyed. */
  readonly givenUp: readonly string[];
  /** Users that every cluster of ours has, which are no data. */
  harmless(host: string): readonly string[];
}

export function foundingOf(hosts: readonly HostView[]): Founding {
  const seeds = hosts.map((host) => host.setting(joinSettings, 'rabbit_seed'));
  const isGivenUp = (host: HostView) =>
    host.setting(joinSettings, 'rabbit_allow_data_loss').includes(host.name);
  return {
    seed: seeds.find((seed) => seed !== undefined),
    givenUp: hosts.filter(isGivenUp).map(({ name }) => name),
    harmless: (name) => [
      'guest',
      hosts.find((host) => host.name === name)?.setting(joinSettings, 'rabbit_admin_user') ??
        joinSettings.vars.properties.rabbit_admin_user.default,
    ],
  };
}
