import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import { prioritiesOf } from '../../../roles/domain/keepalived/instances.ts';
import type { KeepalivedVars } from '../../../roles/domain/keepalived/settings.ts';
import { keepalivedBuild } from '../../../roles/keepalived-build/index.ts';
import { priorities } from '../../../roles/keepalived-build/priority.ts';
import { validateKeepalived } from '../../../roles/keepalived-build/validate.ts';
import { knownHost } from '../../known-host.ts';
import { holder, proxies } from './hosts.ts';

/** Both hosts with the first part; the second host with the second part on top. */
function validate(both: Partial<KeepalivedVars> = {}, second: Partial<KeepalivedVars> = {}): void {
  const [a, b] = proxies;
  const hosts = [holder(a, both), holder(b, { ...both, ...second })];
  validateKeepalived(hosts, { playHosts: hosts });
}

describe('the variables of keepalived-build', () => {
  it('pass when all is well', () => {
    validate();
    validate({ keepalived_preempt: true }, { keepalived_state: 'MASTER' });
  });

  it('must hold addresses that can be virtual', () => {
    assert.throws(() => validate({ keepalived_vips: ['192.0.2.300'] }), /"192\.0\.2\.300".*no IPv4 address/);
    assert.throws(() => validate({ keepalived_vips: ['192.0.2.12/24'] }), /own address of hadoop002/);
    assert.throws(
      () => validate({ keepalived_vips: ['192.0.2.9', '192.0.2.9/24'] }),
      /names 192\.0\.2\.9 twice/,
    );
  });

  it('must make a MASTER only with preemption, and only one', () => {
    assert.throws(() => validate({}, { keepalived_state: 'MASTER' }), /MASTER without keepalived_preempt/);
    assert.throws(
      () => validate({ keepalived_preempt: true, keepalived_state: 'MASTER' }),
      /only one host can be MASTER, not hadoop001 and hadoop002/,
    );
  });

  const differing: Readonly<Record<string, Partial<KeepalivedVars>>> = {
    keepalived_virtual_router_id: { keepalived_virtual_router_id: 7 },
    keepalived_vips: { keepalived_vips: ['192.0.2.201/24'] },
    keepalived_auth_pass: { keepalived_auth_pass: secret('other') },
    keepalived_advert_int: { keepalived_advert_int: 2 },
    keepalived_unicast: { keepalived_unicast: true },
  };
  for (const [name, second] of Object.entries(differing)) {
    it(`must agree in ${name}`, () => {
      assert.throws(
        () => validate({}, second),
        (error: Error) =>
          error.message.startsWith(`${name} is not the same on hadoop001 and hadoop002`) &&
          !error.message.includes('other'),
      );
    });
  }

  it('must give each host a priority of its own', () => {
    assert.throws(
      () => validate({ keepalived_priority: 100 }),
      /hadoop001 and hadoop002 both have keepalived_priority 100/,
    );
    assert.throws(() => validate({}, { keepalived_priority: 254 }), /both have keepalived_priority 254/);
  });
});

describe('further groups of addresses', () => {
  const further = { name: 'second', virtual_router_id: 52, vips: ['192.0.2.201'] };

  it('pass when each is its own', () => {
    validate({
      keepalived_instances: [
        further,
        { ...further, name: 'third', virtual_router_id: 53, vips: ['192.0.2.202'], prefer: 'hadoop002' },
      ],
    });
  });

  it('must have names, router ids and addresses of their own', () => {
    const one = (changed: Partial<typeof further>) =>
      validate({ keepalived_instances: [{ ...further, ...changed }] });
    assert.throws(() => one({ name: 'proxies' }), /two groups of addresses are called proxies/);
    assert.throws(() => one({ virtual_router_id: 51 }), /both have virtual_router_id 51/);
    assert.throws(() => one({ vips: ['192.0.2.200'] }), /192\.0\.2\.200 twice/);
    assert.throws(() => one({ vips: ['here'] }), /no IPv4 address/);
  });

  it('must prefer a host of the play', () => {
    assert.throws(
      () => validate({ keepalived_instances: [{ ...further, prefer: 'hadoop009' }] }),
      /prefers hadoop009/,
    );
  });

  it('begin with another host each, or with the one they prefer', () => {
    const order = new Map([
      ['a', 254],
      ['b', 253],
      ['c', 100],
    ]);
    const dealt = (index: number, prefer?: string) =>
      Object.fromEntries(prioritiesOf({ prefer }, index, order));
    assert.deepEqual(dealt(0), { a: 254, b: 253, c: 100 });
    assert.deepEqual(dealt(1), { b: 254, c: 253, a: 100 });
    assert.deepEqual(dealt(1, 'c'), { c: 254, a: 253, b: 100 });
    assert.deepEqual(dealt(4), { b: 254, c: 253, a: 100 });
  });
});

describe('where Keepalived comes from', () => {
  it('needs a source only where something is built', () => {
    const none = { keepalived_source: undefined, keepalived_sha256: undefined };
    assert.throws(() => validate(none), /keepalived_source is missing/);
    validate({ ...none, keepalived_install: 'package' });
    validate({ ...none, keepalived_use_installed: '2.2.7' });
    assert.throws(
      () => validate({ ...none, keepalived_install: 'package', keepalived_use_installed: '2.2.7' }),
      /only one can be/,
    );
  });
});

describe('priorities', () => {
  const [a, b] = proxies;

  it('fall in the order of the play', () => {
    assert.deepEqual(
      [...priorities([a, b])],
      [
        ['hadoop001', 254],
        ['hadoop002', 253],
      ],
    );
  });

  it('are what the inventory or the playbook says', () => {
    const given = knownHost('a', { vars: { keepalived_priority: 90 } });
    const told = knownHost('b', { roles: [keepalivedBuild({ keepalived_priority: 70 })] });
    assert.deepEqual([...priorities([given, told]).values()], [90, 70]);
  });
});
