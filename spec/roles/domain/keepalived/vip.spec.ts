import assert from 'node:assert/strict';
import { misplaced } from '../../../../roles/domain/keepalived/vip.ts';

const on = (...addresses: readonly string[]) =>
  addresses.map((address) => ({ interface: 'eth0', address, prefix: 24 }));

describe('a virtual address', () => {
  const vips = ['192.0.2.200/24', '192.0.2.201'];

  it('stands when exactly one host has it', () => {
    const seen = new Map([
      ['a', on('192.0.2.11', '192.0.2.200', '192.0.2.201')],
      ['b', on('192.0.2.12')],
    ]);
    assert.deepEqual(misplaced(vips, seen), []);
  });

  it('does not stand when nobody or more than one has it', () => {
    const seen = new Map([
      ['a', on('192.0.2.11', '192.0.2.200')],
      ['b', on('192.0.2.12', '192.0.2.200')],
    ]);
    assert.deepEqual(misplaced(vips, seen), [
      { vip: '192.0.2.200', holders: ['a', 'b'] },
      { vip: '192.0.2.201', holders: [] },
    ]);
  });
});
