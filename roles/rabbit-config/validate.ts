import type { RoleHost } from '../../lib/index.ts';
import { settings } from './conf.ts';
import type { Vars } from './vars.ts';

/** Finds what contradicts itself, before any host is contacted. @throws Error */
export function validate(hosts: readonly RoleHost<Vars>[]): void {
  for (const { vars: own } of hosts) {
    if ((own.broker_tls_certificate === undefined) !== (own.broker_tls_key === undefined)) {
      throw new Error('TLS needs both broker_tls_certificate and broker_tls_key');
    }
    if (own.broker_tls_ca === undefined && own.broker_tls_clients !== 'ignore') {
      throw new Error(`broker_tls_clients: ${own.broker_tls_clients} needs broker_tls_ca to verify them by`);
    }
    if (
      own.broker_tls_inter_node &&
      (own.broker_tls_ca === undefined || own.broker_tls_certificate === undefined)
    ) {
      throw new Error('broker_tls_inter_node needs broker_tls_certificate, broker_tls_key and broker_tls_ca');
    }
    if (own.broker_listeners?.length === 0 && own.broker_tls_certificate === undefined) {
      throw new Error('broker_listeners is empty and there is no TLS: no client could connect');
    }
    const keys = settings(own, []).map(([key]) => key);
    const twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice !== undefined) throw new Error(`broker_settings sets ${twice}, for which there is a variable`);
    for (const [key, value] of Object.entries(own.broker_settings)) {
      if (/[\r\n]/.test(key + value) || !/^[\w.$-]+$/.test(key)) {
        throw new Error(`broker_settings: "${key}" is no key and value on one line`);
      }
    }
  }
}
