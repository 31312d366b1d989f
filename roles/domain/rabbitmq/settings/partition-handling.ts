import type { HostView } from '../../../../lib/index.ts';
import { configSettings } from './config.ts';

/** A line of rabbitmq.conf that the variables ask for, and the variable that asks. */
export interface ConfiguredLine {
  readonly variable: string;
  readonly value: string;
}

/** What the variables say of `cluster_partition_handling`. */
export function partitionHandlingOf(host: HostView): ConfiguredLine | undefined {
  const value = host.setting(configSettings, 'rabbit_config_partition_handling');
  if (value !== undefined && value !== 'keep') return { variable: 'rabbit_config_partition_handling', value };
  return lineOf(host, 'cluster_partition_handling');
}

/** A line among `rabbit_config_settings`. */
export function lineOf(host: HostView, line: string): ConfiguredLine | undefined {
  const { [line]: value } = host.setting(configSettings, 'rabbit_config_settings');
  return value === undefined ? undefined : { variable: 'rabbit_config_settings', value };
}
