import assert from 'node:assert/strict';
import { until } from '../../lib/tasks/until.ts';
import { sh } from '../../lib/util/sh.ts';
import { convergeOn, ThingHost, thing } from './things.ts';

const ready = (within = 5, next: string | null = 'wait') =>
  until({
    that: 'x is ready',
    probe: sh`get x`,
    holds: ({ stdout }) => stdout === 'ready' || `x is ${stdout}`,
    within,
    every: 0.05,
    next: next ?? undefined,
  });

describe('waiting until something holds', () => {
  it('costs nothing and changes nothing when it holds', async () => {
    const host = new ThingHost({ x: 'ready' });
    const { summary } = await convergeOn(host, [ready()]);
    assert.deepEqual(summary, ['wait until x is ready ok']);
    assert.equal(host.batches.length, 1);
  });

  it('looks again until it does, and takes nothing for granted that was known before', async () => {
    let looks = 0;
    const host = new ThingHost({}, ({ code }) => {
      if (code.includes('get x')) {
        looks += 1;
        return looks < 4 ? 'busy\n' : 'ready\n';
      }
      return code.includes('get y') ? (looks < 4 ? 'old\n' : 'new\n') : undefined;
    });
    const { summary, applying } = await convergeOn(host, [ready(), thing({ name: 'y', value: 'new' })]);
    assert.deepEqual(summary, ['wait until x is ready ok', 'y ok']);
    assert.deepEqual(applying, ['wait until x is ready']);
    assert.equal(looks, 4);
  });

  it('fails at its deadline with what is missing, and lets nothing come after', async () => {
    const { told, ok } = await convergeOn(new ThingHost({ x: 'busy' }), [
      ready(0.2),
      thing({ name: 'y', value: 'new' }),
    ]);
    assert.equal(ok, false);
    assert.equal(told[0]?.status, 'failed');
    assert.match(told[0]?.error?.what ?? '', /waited 0.2 s in vain/);
    assert.equal(told[0]?.error?.why, 'x is busy');
    assert.equal(told[0]?.error?.next, 'wait');
    assert.equal(told[1]?.status, 'skipped');
  });

  it('names what the host still owes when it fails: that may be what is missing', async () => {
    const host = new ThingHost({ x: 'busy' });
    host.owed.add('a-role--restart%20web').add('tasks--%c3%bc');
    const { told } = await convergeOn(host, [ready(0.1, null)]);
    assert.deepEqual(told[0]?.error?.why?.split('\n'), [
      'x is busy',
      'still owed there: restart web (role a-role)',
      'still owed there: ü (role tasks)',
    ]);
    assert.match(told[0]?.error?.next ?? '', /a handler runs in its own role/);
  });

  it('does not wait in check mode, and says that it would', async () => {
    const host = new ThingHost({ x: 'busy' });
    const { told } = await convergeOn(host, [ready()], { check: true });
    assert.equal(told[0]?.status, 'unknown');
    assert.match(told[0]?.reason ?? '', /it would be waited for: x is busy/);
    assert.equal(host.batches.length, 1);
  });

  it('needs time', () => {
    assert.throws(() => ready(0), /needs seconds above 0/);
  });
});
