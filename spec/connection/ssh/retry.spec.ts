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

  it('tries until it works', async () => {
    assert.equal(await withRetries(failing(3), { again: () => 'soon', within: 1000 }), 4);
  });

  it('pauses longer and longer', async () => {
    const started = performance.now();
    await withRetries(failing(3), { again: () => 'later', within: 10_000 });
    const took = performance.now() - started;
    // Half to one and a half times 150 + 300 + 600 ms.
    assert.ok(took > 500 && took < 3000, `${took} ms`);
  });

  it('gives up at once when trying again makes no sense', async () => {
    await assert.rejects(withRetries(failing(1), { again: () => false, within: 1000 }), /failure 1/);
  });

  it('gives up when time or tries are used up', async () => {
    await assert.rejects(withRetries(failing(99), { again: () => 'later', within: 300 }), /failure [1-3]$/);
    await assert.rejects(
      withRetries(failing(99), { again: () => 'soon', within: 1000, tries: 5 }),
      /failure 5/,
    );
  });

  it('stops pausing when it is aborted', async () => {
    const stop = new AbortController();
    const options = { again: () => 'later' as const, within: 60_000, signal: stop.signal };
    const started = performance.now();
    setTimeout(() => stop.abort(new Error('enough')), 200);
    await assert.rejects(withRetries(failing(99), options), /enough/);
    assert.ok(performance.now() - started < 1000);
  });
});
