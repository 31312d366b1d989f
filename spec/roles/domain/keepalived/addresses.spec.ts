import assert from 'node:assert/strict';
import {
  isVip,
  parseAddresses,
  parseDefaultRoute,
  withPrefix,
} from '../../../../roles/domain/keepalived/addresses.ts';

const LAB = String.raw`1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever preferred_lft forever
2: eth0    inet 192.0.2.11/24 scope global eth0\       valid_lft forever preferred_lft forever
2: eth0    inet 192.0.2.200/24 scope global secondary eth0\       valid_lft forever preferred_lft forever
2: eth0    inet6 fe80::c0ff:fe00:20b/64 scope link \       valid_lft forever preferred_lft forever
7: veth0@if6    inet 198.51.100.1/30 brd 198.51.100.3 scope global veth0\       valid_lft forever
8: tun0    inet 203.0.113.5 peer 203.0.113.6/32 scope global tun0\       valid_lft forever preferred_lft forever`;

describe('what ip tells', () => {
  it('is addresses, one a line', () => {
    assert.deepEqual(parseAddresses(LAB), [
      { interface: 'lo', address: '127.0.0.1', prefix: 8 },
      { interface: 'eth0', address: '192.0.2.11', prefix: 24 },
      { interface: 'eth0', address: '192.0.2.200', prefix: 24 },
      { interface: 'veth0', address: '198.51.100.1', prefix: 30 },
      { interface: 'tun0', address: '203.0.113.5', prefix: 32 },
    ]);
    assert.deepEqual(parseAddresses(''), []);
  });

  it("is the default route's interface", () => {
    assert.equal(
      parseDefaultRoute('default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.11 metric 100'),
      'eth0',
    );
    assert.equal(parseDefaultRoute('default dev wg0 scope link'), 'wg0');
    assert.equal(parseDefaultRoute(''), undefined);
  });
});

describe('a virtual address', () => {
  const addresses = parseAddresses(LAB);

  it('gets the prefix of the network that holds it', () => {
    assert.equal(withPrefix('192.0.2.201', addresses), '192.0.2.201/24');
    assert.equal(withPrefix('198.51.100.2', addresses), '198.51.100.2/30');
    assert.equal(withPrefix('198.51.100.4', addresses), '198.51.100.4/32');
    assert.equal(withPrefix('192.0.2.201/25', addresses), '192.0.2.201/25');
  });

  it('is IPv4, with or without a prefix', () => {
    for (const good of ['192.0.2.200', '192.0.2.200/24', '192.0.2.200/32']) assert.ok(isVip(good), good);
    for (const bad of [
      '192.0.2.256',
      '192.0.2.1/33',
      '192.0.2.1/',
      '192.0.2.1/24/1',
      'fd00::1/64',
      'vip',
      '',
    ]) {
      assert.equal(isVip(bad), false, bad);
    }
  });
});
