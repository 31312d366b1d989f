import assert from 'node:assert/strict';
import { virtualAddresses } from '../../../roles/keepalived-build/instances.ts';

describe('the virtual addresses of a host', () => {
  it('are those of all groups, without prefixes', () => {
    const vars = {
      keepalived_vips: ['192.0.2.200/24', '192.0.2.201'],
      keepalived_instances: [{ name: 'second', virtual_router_id: 52, vips: ['192.0.2.210/24'] }],
    };
    assert.deepEqual(virtualAddresses(vars), ['192.0.2.200', '192.0.2.201', '192.0.2.210']);
  });

  it('are none where the inventory names none, or something else', () => {
    assert.deepEqual(virtualAddresses({}), []);
    assert.deepEqual(virtualAddresses({ keepalived_vips: [7, null], keepalived_instances: 'x' }), []);
    assert.deepEqual(virtualAddresses({ keepalived_instances: [{}, null] }), []);
  });
});
