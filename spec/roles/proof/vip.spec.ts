import assert from 'node:assert/strict';
import { doubleWithin, type Ticks, vipFigures } from '../../../roles/proof/ledger/vip.ts';

const span = { from: 0, to: 10_000 };

/** Ticks every 200 ms, held from one moment to the other. */
function ticks(from: number, to: number): Ticks {
  return Array.from({ length: 51 }, (_, i) => ({ at: i * 200, held: i * 200 >= from && i * 200 < to }));
}

describe('who held the virtual address', () => {
  it('tells how long nobody did', () => {
    const found = vipFigures(
      new Map([
        ['a', ticks(0, 3000)],
        ['b', ticks(4000, 99_999)],
      ]),
      span,
    );
    assert.deepEqual(
      found.holdings.map(({ holders }) => holders),
      [['a'], [], ['b']],
    );
    assert.deepEqual(found.gap, { from: 3000, to: 4000 });
    assert.equal(found.doubleMs, 0);
  });

  it('tells how long two did, and when', () => {
    const found = vipFigures(
      new Map([
        ['a', ticks(0, 6000)],
        ['b', ticks(5000, 99_999)],
      ]),
      span,
    );
    assert.equal(found.doubleMs, 1000);
    assert.equal(doubleWithin(found.holdings, { from: 5500, to: 10_000 }), 500);
    assert.equal(doubleWithin(found.holdings, { from: 6000, to: 10_000 }), 0);
    assert.equal(found.gap.to - found.gap.from, 0);
  });

  it('takes a hand-over that is shorter than a look for what it is', () => {
    const late = vipFigures(
      new Map([
        ['a', ticks(0, 5200)],
        ['b', ticks(5000, 99_999)],
      ]),
      span,
    );
    assert.equal(late.doubleMs, 0);
  });

  it('leaves out what was before and after', () => {
    const found = vipFigures(new Map([['a', ticks(0, 3000)]]), { from: 2000, to: 5000 });
    assert.deepEqual(found.holdings, [
      { from: 2000, to: 3000, holders: ['a'] },
      { from: 3000, to: 5000, holders: [] },
    ]);
  });

  it('says when nobody watched', () => {
    assert.equal(vipFigures(new Map(), span).ticks, 0);
  });
});
