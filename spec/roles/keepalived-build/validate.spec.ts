import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import { priorities } from '../../../roles/keepalived-build/priority.ts';
import { validateKeepalived } from '../../../roles/keepalived-build/validate.ts';
import type { KeepalivedVars } from '../../../roles/keepalived-build/vars.ts';
import { holder, proxies } from './hosts.ts';

/** Both hosts with the first part; the second host with the second part on top. */
function validate(both: Partial<KeepalivedVars> = {}, second: Partial<KeepalivedVars> = {}): void {
  const [a, b] = proxies;
  validateKeepalived([holder(a, both), holder(b, { ...both, ...second })], { playHosts: proxies });
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

describe('priorities', () => {
  const [a, b] = proxies;

  it('fall in the order of the play', () => {
    assert.deepEqual(
      [...priorities(proxies, [holder(a), holder(b)])],
      [
        ['hadoop001', 254],
        ['hadoop002', 253],
      ],
    );
  });

  it('do not change with a limit', () => {
    assert.equal(priorities(proxies, [holder(b)]).get('hadoop002'), 253);
  });

  it('are read off the inventory for hosts outside a limit', () => {
    const given = { ...a, inventoryVars: { keepalived_priority: 90 } };
    assert.equal(priorities([given, b], [holder(b)]).get('hadoop001'), 90);
  });
});
