import assert from 'node:assert/strict';
import type { Task } from '../../../../lib/index.ts';
import { ClaimBook } from '../../../../lib/run/claims.ts';
import { serverDrained } from '../../../../roles/domain/haproxy/tasks/server-drained.ts';
import { serverState } from '../../../../roles/domain/haproxy/tasks/server-state.ts';
import { putBack, takeOut } from '../../../../roles/domain/rabbitmq/rolling/out-of-service.ts';
import { serverBehind } from '../../../../roles/domain/rabbitmq/rolling/server.ts';

const claim = (...tasks: readonly Task[]) => new ClaimBook().add(tasks);

describe('the state of a server in HAProxy, claimed by several tasks', () => {
  // An inventory name that HAProxy has under another.
  for (const host of ['mq1', 'mq1:rack']) {
    const ready = serverState({ server: host, state: 'ready' });
    const drained = serverDrained({ host });
    const out = takeOut(serverBehind(host));

    it(`can't be ready for one and drained for another: ${host}`, () => {
      for (const other of [drained, out, serverState({ server: host, state: 'drain' })]) {
        assert.throws(() => claim(ready, other), /two tasks want haproxy server .*mq1.* differently/);
      }
    });

    it(`can be drained for all of them, and put back later: ${host}`, () => {
      claim(drained, out, serverState({ server: host, state: 'drain' }), putBack(serverBehind(host)));
    });
  }

  it('is another thing for another host or backend', () => {
    claim(
      serverState({ server: 'mq1', state: 'ready' }),
      serverDrained({ host: 'mq2' }),
      serverState({ server: 'mq1', state: 'drain', backend: 'other' }),
    );
  });
});
