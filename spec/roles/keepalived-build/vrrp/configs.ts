import { readSite, type Site } from '../../../../roles/keepalived-build/vrrp/model.ts';
import { parseKeepalived } from '../../../../roles/keepalived-build/vrrp/parse.ts';

export interface Written {
  readonly state?: string;
  readonly priority?: number;
  readonly nopreempt?: boolean;
  /** Lines of the check's block; `null` for no check at all. */
  readonly check?: string | null;
  readonly globals?: string;
  readonly routerId?: number;
  readonly vip?: string;
  /** More lines of the instance. */
  readonly more?: string;
}

/** A host's configuration, read. */
export function site(host: string, written: Written = {}): Site {
  const text = config(host, written);
  return readSite(host, parseKeepalived(text, host), ({ line, column }) => ({
    hosts: [host],
    where: { file: host, line, column },
  }));
}

export function config(host: string, written: Written): string {
  const { state = 'BACKUP', priority = 100, nopreempt = false, check = '', routerId = 51 } = written;
  const { globals = 'enable_script_security', vip = '192.0.2.200/24', more = '' } = written;
  return `global_defs {
  router_id ${host}
  ${globals}
}
${check === null ? '' : `vrrp_script chk_haproxy {\n  script "/etc/keepalived/check.sh"\n  ${check}\n}`}
vrrp_instance VI_1 {
  state ${state}
  ${nopreempt ? 'nopreempt' : ''}
  interface eth0
  virtual_router_id ${routerId}
  priority ${priority}
  ${more}
  ${check === null ? '' : 'track_script {\n    chk_haproxy\n  }'}
  virtual_ipaddress {
    ${vip}
  }
}
`;
}
