import assert from 'node:assert/strict';
import { virtualAddresses } from '../../../../roles/domain/keepalived/instances.ts';
import { keepalivedBuild } from '../../../../roles/keepalived-build/index.ts';
import { knownHost } from '../../../known-host.ts';

describe('virtualAddresses', () => {
  const second = [{ name: 'second', virtual_router_id: 52, vips: ['192.0.2.210/24'] }];

  it('lists the addresses of all groups, without prefixes, each once', () => {
    const vars = { keepalived_vips: ['192.0.2.200/24', '192.0.2.201'], keepalived_instances: second };
    const hosts = [knownHost('a', { vars }), knownHost('b', { vars })];
    assert.deepEqual(virtualAddresses(hosts), ['192.0.2.200', '192.0.2.201', '192.0.2.210']);
  });

  it('lists what the playbook gives to the role', () => {
    const roles = [keepalivedBuild({ keepalived_vips: ['192.0.2.9'], keepalived_instances: second })];
    const vars = { keepalived_vips: ['192.0.2.200/24'] };
    assert.deepEqual(virtualAddresses([knownHost('a', { vars, roles })]), ['192.0.2.9', '192.0.2.210']);
  });

  it('is empty where nobody names any', () => {
    assert.deepEqual(virtualAddresses([knownHost('a')]), []);
  });

  it('refuses a value of another type, and names its variable', () => {
    const host = knownHost('a', { vars: { keepalived_vips: 7 } });
    assert.throws(
      () => virtualAddresses([host]),
      /variable keepalived_vips of role keepalived-build must be array/,
    );
  });
});
