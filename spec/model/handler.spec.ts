import assert from 'node:assert/strict';
import { askOwed, handlersOf, handlerTask, notified, owe, readOwed } from '../../lib/model/handler.ts';
import type { Handler, Task } from '../../lib/model/task.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { thing } from '../run/things.ts';
import { converge, inEveryShell, look, whats } from '../support/sandbox.ts';

const named = (name: string, script = sh`:`): Handler => ({ name, script });
const notifying = (...notify: Handler[]): Task => thing({ name: 't', value: 'v' }, { notify });

describe('handlers', () => {
  it('are each run once, in the order they are first mentioned', () => {
    const tasks = [notifying(named('b'), named('a')), notifying(named('c'), named('b')), notifying()];
    assert.deepEqual(
      handlersOf(tasks).map(({ name }) => name),
      ['b', 'a', 'c'],
    );
    assert.deepEqual(notified(thing({ name: 't', value: 'v' })), []);
    assert.deepEqual(notified(thing({ name: 't', value: 'v' }, { notify: named('x') })).length, 1);
  });

  it('owe nothing where nothing is notified', () => {
    assert.equal(owe('r', []), undefined);
  });

  inEveryShell('owed on a host', (box) => {
    beforeEach(() => box().rebase('/var/lib/ts-play'));
    const ran = () => sh`echo ran >>${box().path('ran')}`;
    const run = async (script: ReturnType<typeof owe>) => {
      const reply = await box().run(script ?? sh`false`, { setE: true });
      assert.equal(reply.code, 0, reply.stderr);
    };

    it('are converged until owed, then run, then converged again', async () => {
      const handler = named('restart it', ran());
      const task = handlerTask('web', handler);
      assert.deepEqual((await look(box(), task)).changes, []);
      await run(owe('web', [handler]));
      await run(owe('web', [handler]));
      assert.deepEqual(whats((await converge(box(), task)).changes), ['owed']);
      assert.deepEqual((await converge(box(), task)).changes, []);
    });

    it('stay owed when they fail', async () => {
      const handler = named('restart', sh`false`);
      await run(owe('web', [handler]));
      await assert.rejects(converge(box(), handlerTask('web', handler)), /ended with 1/);
      assert.deepEqual(whats((await look(box(), handlerTask('web', handler))).changes), ['owed']);
    });

    it('are paid by a script that exits well, or ends in a comment', async () => {
      for (const script of [sh`exit 0`, sh`: # done`, sh``]) {
        const handler = named('restart', script);
        await run(owe('web', [handler]));
        await converge(box(), handlerTask('web', handler));
      }
    });

    it('never take each other’s marker, however alike their names are', async () => {
      const names = ['a b', 'a_b', 'a%20b', '../x', 'new\nline'];
      const handlers = names.map((name) => named(name));
      for (const role of ['web', 'we b', 'we_b']) await run(owe(role, handlers));
      for (const [i, handler] of handlers.entries()) {
        await converge(box(), handlerTask('web', handler));
        for (const [j, other] of handlers.entries()) {
          const { changes } = await look(box(), handlerTask('web', other));
          assert.deepEqual(whats(changes), j <= i ? [] : ['owed'], `${names[j]} after ${names[i]}`);
        }
      }
      assert.deepEqual(whats((await look(box(), handlerTask('we b', named('a b')))).changes), ['owed']);
    });

    it('can be listed by name, and nothing is listed where none was ever owed', async () => {
      const listed = async () => [...readOwed(await box().run(askOwed))].sort();
      assert.deepEqual(await listed(), []);
      await run(owe('a role', [named('restart x'), named('ü--\n%'), named('-')]));
      assert.deepEqual(await listed(), [
        '- (role a role)',
        'restart x (role a role)',
        'ü--\n% (role a role)',
      ]);
    });

    it('show no secret', () => {
      const task = handlerTask('r', named('reload', sh`login ${secret('hunter22')}`));
      const script = task.assess({ code: 0, stdout: 'owed', stderr: '' }, []).apply().script;
      assert.doesNotMatch(String(script), /hunter22/);
    });
  });
});
