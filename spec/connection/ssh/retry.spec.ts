import assert from 'node:assert/strict';
import { withRetries } from '../../../lib/connection/ssh/retry.ts';

describe('withRetries', () => {
  const failing = (times: number) => {
    let tries = 0;
    return async () => {
      tries += 1;
      if (tries <= times) throw new Error(`failure ${tries}`);
      return tries;
    };
  };

  it('tries until an attempt succeeds', async () => {
    assert.equal(await withRetries(failing(3), { again: () => 'soon', within: 1000 }), 4);
  });

  it('doubles its pauses', async () => {
    const started = performance.now();
    await withRetries(failing(3), { again: () => 'later', within: 10_000 });
    const took = performance.now() - started;
    // 150 + 300 + 600 ms, each multiplied with 0.5 to 1.5.
    assert.ok(took > 500 && took < 3000, `${took} ms`);
  });

  it('fails at once when the failure is permanent', async () => {
    await assert.rejects(withRetries(failing(1), { again: () => false, within: 1000 }), /failure 1/);
  });

  it('fails when the time or the tries are used up', async () => {
    await assert.rejects(withRetries(failing(99), { again: () => 'later', within: 300 }), /failure [1-3]$/);
    await assert.rejects(
      withRetries(failing(99), { again: () => 'soon', within: 1000, tries: 5 }),
      /failure 5/,
    );
  });

  it('ends its pause when it is aborted', async () => {
    const stop = new AbortController();
    const options = { again: () => 'later' as const, within: 60_000, signal: stop.signal };
    const started = performance.now();
    setTimeout(() => stop.abort(new Error('enough')), 200);
    await assert.rejects(withRetries(failing(99), options), /enough/);
    assert.ok(performance.now() - started < 1000);
  });
});
