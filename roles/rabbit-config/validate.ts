import type { RoleHost } from '../../lib/index.ts';
import type { Vars } from '../domain/rabbitmq/settings/config.ts';
import { settings } from './conf.ts';

/** Finds what contradicts itself, before any host is contacted. @throws Error */
export function validate(hosts: readonly RoleHost<Vars>[]): void {
  for (const { vars: own } of hosts) {
    if ((own.rabbit_config_tls_certificate === undefined) !== (own.rabbit_config_tls_key === undefined)) {
      throw new Error('TLS needs both rabbit_config_tls_certificate and rabbit_config_tls_key');
    }
    if (own.rabbit_config_tls_ca === undefined && own.rabbit_config_tls_clients !== 'ignore') {
      throw new Error(
        `rabbit_config_tls_clients: ${own.rabbit_config_tls_clients} needs rabbit_config_tls_ca to verify them by`,
      );
    }
    if (
      own.rabbit_config_tls_inter_node &&
      (own.rabbit_config_tls_ca === undefined || own.rabbit_config_tls_certificate === undefined)
    ) {
      throw new Error(
        'rabbit_config_tls_inter_node needs rabbit_config_tls_certificate, rabbit_config_tls_key and rabbit_config_tls_ca',
      );
    }
    if (own.rabbit_config_listeners?.length === 0 && own.rabbit_config_tls_certificate === undefined) {
      throw new Error('rabbit_config_listeners is empty and there is no TLS: no client could connect');
    }
    const keys = settings(own, []).map(([key]) => key);
    const twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice !== undefined)
      throw new Error(`rabbit_config_settings sets ${twice}, for which there is a variable`);
    for (const [key, value] of Object.entries(own.rabbit_config_settings)) {
      if (/[\r\n]/.test(key + value) || !/^[\w.$-]+$/.test(key)) {
        throw new Error(`rabbit_config_settings: "${key}" is no key and value on one line`);
      }
    }
  }
}
