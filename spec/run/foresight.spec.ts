import assert from 'node:assert/strict';
import { Foresight } from '../../lib/run/foresight.ts';
import { directory } from '../../lib/tasks/index.ts';
import { packages } from '../../lib/tasks/package.ts';

describe('foresight', () => {
  const folder = directory({ path: '/opt/x' });

  it('knows what an earlier task would already have done', () => {
    const foresight = new Foresight();
    assert.equal(foresight.covers(folder), false);
    foresight.changed(folder);
    assert.equal(foresight.covers(directory({ path: '/opt/x' })), true);
    assert.equal(foresight.covers(directory({ path: '/opt/x', mode: '0700' })), false);
    assert.deepEqual(
      foresight.pending.map(({ task }) => task),
      [folder.title],
    );
  });

  it('counts a task done only when all of it is', () => {
    const foresight = new Foresight();
    foresight.changed(packages({ names: ['gcc', 'make'] }));
    assert.equal(foresight.covers(packages({ names: 'gcc' })), true);
    assert.equal(foresight.covers(packages({ names: ['gcc', 'jq'] })), false);
  });

  it('counts on nothing that is unknown', () => {
    const foresight = new Foresight();
    foresight.unknown(folder);
    assert.equal(foresight.covers(folder), false);
    assert.equal(foresight.pending.length, 1);
  });
});
