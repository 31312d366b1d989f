import { type Secret, secret } from '../../lib/index.ts';
import type { Instance } from '../domain/keepalived/instances.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';
import { AUTH, CHECK } from './paths.ts';

/** What is known of one host only once it was asked. */
export interface Site {
  readonly routerId: string;
  readonly interface: string;
  /** Its groups of addresses, each address with its prefix. */
  readonly instances: readonly Instance[];
  /** Own address and the others', for announcements without multicast. */
  readonly unicast?: { readonly own: string; readonly peers: readonly string[] } | undefined;
}

/** keepalived.conf. Holds no secret. */
export function keepalivedConfig(vars: KeepalivedVars, site: Site): string {
  return `# Written by ts-play (role keepalived-build): changes made here are lost.
global_defs {
    router_id ${site.routerId}
    enable_script_security
    script_user ${vars.keepalived_script_user}
}

# Without a weight a failure is a FAULT: the host gives the addresses up, and is a candidate again once it heals.
vrrp_script haproxy {
    script "${CHECK}"
    interval ${vars.keepalived_check_interval}
    timeout 1
    fall ${vars.keepalived_check_fall}
    rise ${vars.keepalived_check_rise}
}

${site.instances.map((instance) => instanceSection(vars, site, instance)).join('\n')}`;
}

function instanceSection(vars: KeepalivedVars, site: Site, instance: Instance): string {
  return `vrrp_instance ${instance.name} {
    state ${vars.keepalived_state}
${vars.keepalived_preempt ? '' : '    nopreempt\n'}    interface ${site.interface}
    virtual_router_id ${instance.virtualRouterId}
    priority ${instance.priority}
    advert_int ${vars.keepalived_advert_int}
${unicastLines(site)}    include ${AUTH}
    track_script {
        haproxy
    }
    virtual_ipaddress {
${instance.vips.map((vip) => `        ${vip} dev ${site.interface}`).join('\n')}
    }
}
`;
}

function unicastLines({ unicast }: Site): string {
  if (unicast === undefined) return '';
  return `    unicast_src_ip ${unicast.own}
    unicast_peer {
${unicast.peers.map((peer) => `        ${peer}`).join('\n')}
    }
`;
}

/** auth.conf, which keepalived.conf includes. */
export function keepalivedAuth(password: Secret): Secret {
  return secret(`authentication {
    auth_type PASS
    auth_pass ${password.reveal()}
}
`);
}

/** The script that looks whether HAProxy answers. Ends by itself: a read waits a second at most. */
export function checkScript(port: number): string {
  return `#!/bin/bash
# Written by ts-play (role keepalived-build): changes made here are lost.
# Succeeds while HAProxy answers 200 on its health port.
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 1
cat >&3 <<<$'GET /healthz HTTP/1.0\\r\\n\\r'
read -r -t 0.8 status <&3
[[ $status == 'HTTP/1.'?' 200 '* ]]
`;
}
