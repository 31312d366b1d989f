import assert from 'node:assert/strict';
import type { Instance } from '../../../../roles/keepalived-build/vrrp/model.ts';
import { reckoning, settle, standing, type World } from '../../../../roles/keepalived-build/vrrp/simulate.ts';
import { site, type Written } from './configs.ts';

function hosts(...written: readonly Written[]): readonly Instance[] {
  return written.flatMap((each, index) => site('abc'[index] ?? '', each).instances);
}

describe('the simulation of VRRP', () => {
  const announced = (written: Written, world: World = {}) =>
    hosts(written).map((each) => standing(each, world))[0];

  it('adds a weight above 0 while the check succeeds, takes one below 0 off while it fails', () => {
    assert.deepEqual(
      [announced({ check: 'weight 10' }), announced({ check: 'weight 10' }, { dead: ['a'] })],
      [110, 100],
    );
    assert.deepEqual(
      [announced({ check: 'weight -30' }), announced({ check: 'weight -30' }, { dead: ['a'] })],
      [100, 70],
    );
  });

  it('takes a failed check without weight for a FAULT', () => {
    assert.deepEqual([announced({}), announced({}, { dead: ['a'] })], [100, undefined]);
  });

  it('keeps priorities between 1 and 254, and leaves 255 alone', () => {
    assert.equal(announced({ priority: 250, check: 'weight 10' }), 254);
    assert.equal(announced({ priority: 10, check: 'weight -30' }, { dead: ['a'] }), 1);
    assert.equal(announced({ priority: 255, check: 'weight -30' }, { dead: ['a'] }), 255);
  });

  it('goes by the weight where the script is tracked', () => {
    const more = 'track_script {\n chk_haproxy weight -7\n }';
    const [instance] = hosts({ more });
    assert.ok(instance);
    assert.deepEqual(
      instance.watches.map(({ weight }) => weight),
      [-7, 0],
    );
  });

  it('says how a priority comes about', () => {
    const [plus, minus] = hosts({ priority: 50, check: 'weight 10' }, { check: 'weight -30' });
    assert.ok(plus && minus);
    assert.equal(reckoning(plus, {}), '50 + 10 = 60');
    const [top] = hosts({ priority: 253, check: 'weight 10' });
    assert.equal(top && reckoning(top, {}), '253 + 10, cut to 254');
    assert.equal(reckoning(minus, { dead: ['b'] }), '100 - 30 = 70');
    assert.equal(reckoning(minus, {}), '100');
    assert.equal(reckoning(minus, { gone: ['b'] }), 'out');
  });

  const holds = (written: readonly Written[], world: World, before?: number) => {
    const all = hosts(...written);
    return settle(all, world, before === undefined ? undefined : all[before])?.host;
  };

  it('gives the address to the highest, and to the next one when that is gone', () => {
    const two = [{ priority: 100 }, { priority: 101 }];
    assert.equal(holds(two, {}), 'b');
    assert.equal(holds(two, { gone: ['b'] }, 1), 'a');
    assert.equal(holds(two, { gone: ['a', 'b'] }, 1), undefined);
  });

  it('lets a higher one take over, unless it has nopreempt', () => {
    assert.equal(holds([{ priority: 100 }, { priority: 101 }], {}, 0), 'b');
    assert.equal(holds([{ priority: 100 }, { priority: 101, nopreempt: true }], {}, 0), 'a');
    // Keepalived drops the word there.
    assert.equal(holds([{ priority: 100 }, { priority: 101, nopreempt: true, state: 'MASTER' }], {}, 0), 'b');
  });

  it('has the members of a sync group fail together', () => {
    const more = `}
vrrp_sync_group G {
  group {
    VI_1
    VI_2
  }
}
vrrp_instance VI_2 {
  virtual_router_id 52
  priority 100`;
    const { instances } = site('a', { more });
    assert.deepEqual(
      instances.map(({ name }) => name),
      ['VI_1', 'VI_2'],
    );
    assert.ok(instances.every((each) => standing(each, { dead: ['a'] }) === undefined));
  });
});
