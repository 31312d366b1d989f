import assert from 'node:assert/strict';
import { lines, sh } from '../../../../../lib/index.ts';
import { ctl, underLock } from '../../../../../roles/domain/rabbitmq/scripts/commands.ts';
import { inEveryShell } from '../../../../support/sandbox.ts';

inEveryShell("a broker's tool", (box) => {
  beforeEach(() => box().rebase('/run/'));

  it('gets its arguments as they are, and nothing on descriptor 9', async () => {
    box().standIn('runuser', '{ true >&9; } 2>/dev/null && echo open; true');
    const hostile = ['$(touch pwned)', '`id`', 'a  b', '"', "it's", '-p'];
    const { stdout } = await box().run(lines(sh`exec 9>held`, ctl('set_policy', ...hostile)));
    assert.equal(stdout, '');
    const [call] = box().calls();
    assert.deepEqual(call?.slice(3), [
      '--',
      '/usr/lib/rabbitmq/bin/rabbitmqctl',
      '-q',
      'set_policy',
      ...hostile,
    ]);
  });

  it('works alone on its broker', async () => {
    box().standIn('flock', '[ ! -e @ROOT@/taken ] || [ "$1" != -n ]');
    await box().run(sh`mkdir run`);
    const script = lines(underLock, sh`echo done`);
    assert.equal((await box().run(script, { setE: true })).stdout, 'done');
    await box().run(sh`touch taken`);
    const late = await box().run(script, { setE: true });
    assert.deepEqual([late.code, late.stdout], [0, '']);
    assert.match(late.stderr, /an earlier run is still at work/);
  });
});
