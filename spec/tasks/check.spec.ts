import assert from 'node:assert/strict';
import { check } from '../../lib/tasks/check.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { sh } from '../../lib/util/sh.ts';
import { converge, inEveryShell, look } from '../support/sandbox.ts';

inEveryShell('check', (box) => {
  const clock = (said: string) =>
    check({
      that: 'the clock is right',
      probe: sh`echo ${said}`,
      holds: ({ stdout }) => stdout === 'right' || `it says '${stdout}'`,
      next: 'set the clock',
    });

  it('changes nothing when it holds', async () => {
    assert.deepEqual((await converge(box(), clock('right'))).changes, []);
    assert.equal(clock('').title, 'check that the clock is right');
  });

  it('fails with the reason and what to do', async () => {
    await assert.rejects(look(box(), clock('wrong')), (error) => {
      assert.ok(error instanceof PlayError);
      assert.equal(error.what, 'it does not hold that the clock is right');
      assert.deepEqual([error.why, error.next], ["it says 'wrong'", 'set the clock']);
      return true;
    });
  });
});
