import assert from 'node:assert/strict';
import { handover, type ProxyState } from '../../../../../roles/domain/rabbitmq/rolling/proxies.ts';

const VIP = '192.0.2.200';
const proxy = (told: Partial<ProxyState> = {}): ProxyState => ({
  haproxy: true,
  keepalived: true,
  addresses: ['192.0.2.11'],
  ...told,
});
const holder = proxy({ addresses: ['192.0.2.11', VIP] });

describe('the virtual IP of a host that goes out of service', () => {
  it('goes to another proxy that works', () => {
    assert.equal(
      handover(
        'a',
        [VIP],
        new Map([
          ['a', holder],
          ['b', proxy()],
        ]),
      ),
      'hand over',
    );
  });

  it('stays when nobody could take it', () => {
    for (const other of [proxy({ haproxy: false }), proxy({ keepalived: false })])
      assert.equal(
        handover(
          'a',
          [VIP],
          new Map([
            ['a', holder],
            ['b', other],
          ]),
        ),
        'nobody to take it',
      );
    assert.equal(handover('a', [VIP], new Map([['a', holder]])), 'nobody to take it');
  });

  it('is none of a host that has none, or is no proxy', () => {
    assert.equal(
      handover(
        'b',
        [VIP],
        new Map([
          ['a', holder],
          ['b', proxy()],
        ]),
      ),
      'nothing to do',
    );
    assert.equal(handover('c', [VIP], new Map([['a', holder]])), 'nothing to do');
    assert.equal(handover('a', [], new Map([['a', holder]])), 'nothing to do');
  });
});
