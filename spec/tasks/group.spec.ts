import assert from 'node:assert/strict';
import { type GroupWant, group } from '../../lib/tasks/group.ts';
import { applyOnce, converge, inEveryShell } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });
const script = (want: GroupWant, stdout: string) =>
  String(group(want).assess(reply(stdout), []).apply().script);

describe('group', () => {
  it('compares presence and number', () => {
    const changes = (want: GroupWant, stdout: string) => group(want).assess(reply(stdout), []).changes;
    assert.deepEqual(changes({ name: 'app' }, 'app:x:990:'), []);
    assert.deepEqual(changes({ name: 'app', gid: 990 }, 'app:x:990:ann,bob'), []);
    assert.deepEqual(changes({ name: 'app', gid: 7 }, 'app:x:990:'), [{ what: 'gid', from: '990', to: '7' }]);
    assert.deepEqual(changes({ name: 'app' }, 'absent'), [{ what: 'group', from: 'absent', to: 'present' }]);
    assert.deepEqual(changes({ name: 'app', state: 'absent' }, 'absent'), []);
    assert.deepEqual(changes({ name: 'app', state: 'absent' }, 'app:x:990:'), [
      { what: 'group', from: 'present', to: 'absent' },
    ]);
    assert.throws(() => changes({ name: 'app' }, 'sh: getent: not found'), /no answer about group app/);
  });

  it('makes, changes and removes', () => {
    assert.equal(script({ name: 'app', gid: 7, system: true }, 'absent'), 'groupadd -r -g 7 app');
    assert.equal(script({ name: 'app' }, 'absent'), 'groupadd app');
    assert.equal(script({ name: 'app', gid: 7 }, 'app:x:990:'), 'groupmod -g 7 app');
    assert.equal(script({ name: 'app', state: 'absent' }, 'app:x:990:'), 'groupdel app');
  });

  it('refuses names that a program could take for something else', () => {
    for (const name of ['', '-r', 'a b', '1000', 'a:b', '$(x)', 'a\nb']) {
      assert.throws(() => group({ name }), /not the name of a group/);
    }
  });
});

inEveryShell('group', (box) => {
  it('is asked and made with one call each', async () => {
    box().standIn('getent', 'grep "^$2:" @ROOT@/group 2>/dev/null || exit 2');
    box().standIn('groupadd', 'echo "app:x:990:" >@ROOT@/group');
    await converge(box(), group({ name: 'app', system: true }));
    const asked = ['getent', 'group', 'app'];
    assert.deepEqual(box().calls(), [asked, ['groupadd', '-r', 'app'], asked]);
    box().standIn('groupmod', 'echo "groupmod: GID 7 already exists" >&2; exit 4');
    const { reply: said } = await applyOnce(box(), group({ name: 'app', gid: 7 }));
    assert.deepEqual([said?.code, said?.stderr], [4, 'groupmod: GID 7 already exists']);
  });
});
