import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import type { KeepalivedVars } from '../../../roles/domain/keepalived/settings.ts';
import { checkScript, keepalivedAuth, keepalivedConfig } from '../../../roles/keepalived-build/config.ts';
import { parseNetwork } from '../../../roles/keepalived-build/network.ts';
import { siteOf } from '../../../roles/keepalived-build/site.ts';
import { keepalivedUnit } from '../../../roles/keepalived-build/unit.ts';
import { known } from '../haproxy-build/hosts.ts';
import { holder, keepalivedWith, proxies } from './hosts.ts';

const NETWORK = parseNetwork(String.raw`addr|1: lo    inet 127.0.0.1/8 scope host lo\  x
addr|2: eth0    inet 192.0.2.11/24 scope global eth0\  x
addr|3: eth1    inet 198.51.100.11/24 scope global eth1\  x
route|default via 198.51.100.1 dev eth1
name|hadoop001|127.0.1.1
name|hadoop001|192.0.2.11
name|hadoop002|192.0.2.12`);

const ORDER = new Map([
  ['hadoop001', 254],
  ['hadoop002', 253],
]);

const GOLDEN = `# Written by ts-play (role keepalived-build): changes made here are lost.
global_defs {
    router_id hadoop001
    enable_script_security
    script_user keepalived_script
}

# Without a weight a failure is a FAULT: the host gives the addresses up, and is a candidate again once it heals.
vrrp_script haproxy {
    script "/etc/keepalived/check_haproxy"
    interval 2
    timeout 1
    fall 2
    rise 2
}

vrrp_instance proxies {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority 254
    advert_int 1
    include /etc/keepalived/auth.conf
    track_script {
        haproxy
    }
    virtual_ipaddress {
        192.0.2.200/24 dev eth0
    }
}
`;

function config(changed: Partial<KeepalivedVars> = {}, host = proxies[0]): string {
  return keepalivedConfig(keepalivedWith(changed), siteOf(holder(host, changed), NETWORK, proxies, ORDER));
}

describe("Keepalived's configuration", () => {
  it('is this by default', () => assert.equal(config(), GOLDEN));

  it('gives an address without a prefix that of its network', () => {
    assert.match(config({ keepalived_vips: ['192.0.2.201'] }), /^ {8}192\.0\.2\.201\/24 dev eth0$/m);
  });

  it('uses the interface that carries the host, by name too, else that of the default route', () => {
    assert.match(config({}, known('hadoop001', 'hadoop001')), /interface eth0$/m);
    assert.match(config({}, known('hadoop001', '203.0.113.1')), /interface eth1$/m);
    assert.match(config({ keepalived_interface: 'bond0' }), /interface bond0$/m);
  });

  it('says which addresses there are when none will do', () => {
    const lost = { ...NETWORK, defaultRoute: undefined };
    assert.throws(
      () => siteOf(holder(known('a', '203.0.113.1')), lost, proxies, ORDER),
      /no network interface of a carries 203\.0\.113\.1/,
    );
  });

  it('names the peers when it is told not to use multicast', () => {
    const text = config({ keepalived_unicast: true });
    assert.match(text, /unicast_src_ip 192\.0\.2\.11\n {4}unicast_peer \{\n {8}192\.0\.2\.12\n {4}\}\n/);
  });

  it('has a section for each further group, with the other host in front', () => {
    const second = { name: 'second', virtual_router_id: 52, vips: ['192.0.2.201', '192.0.2.202/32'] };
    const text = config({ keepalived_instances: [second] });
    assert.ok(text.startsWith(GOLDEN));
    assert.equal(
      text.slice(GOLDEN.length),
      `
${GOLDEN.slice(GOLDEN.indexOf('vrrp_instance'))
  .replace('proxies', 'second')
  .replace('id 51', 'id 52')
  .replace('priority 254', 'priority 253')
  .replace('192.0.2.200/24 dev eth0', '192.0.2.201/24 dev eth0\n        192.0.2.202/32 dev eth0')}`,
    );
  });

  it('preempts only when asked', () => {
    assert.doesNotMatch(config({ keepalived_preempt: true }), /nopreempt/);
    assert.match(config({ keepalived_preempt: true, keepalived_state: 'MASTER' }), /state MASTER/);
  });

  it('keeps the password in a file of its own', () => {
    const auth = keepalivedAuth(secret('s3cretpw'));
    assert.equal(String(auth), '***');
    assert.match(auth.reveal(), /^ {4}auth_pass s3cretpw$/m);
    assert.ok(!config().includes('s3cretpw'));
  });

  it('has a unit that checks before every start and reload', () => {
    const lines = keepalivedUnit('/usr/app/keepalived/current/sbin/keepalived').split('\n');
    const keepalived = '/usr/app/keepalived/current/sbin/keepalived';
    const check = `/bin/sh -c "( trap '' TERM; exec ${keepalived} --config-test -f /etc/keepalived/keepalived.conf )"`;
    assert.ok(lines.includes(`ExecStartPre=${check}`));
    assert.equal(
      lines.indexOf(`ExecReload=${check}`) + 1,
      lines.indexOf('ExecReload=/bin/kill -HUP $MAINPID'),
    );
  });
});

describe('the check of HAProxy', () => {
  it('goes by the port', () => assert.match(checkScript(9101), /\/dev\/tcp\/127\.0\.0\.1\/9101/));
});
