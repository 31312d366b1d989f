import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { type UserWant, user } from '../../lib/tasks/user.ts';
import { applyOnce, converge, inEveryShell, look, whats } from '../support/sandbox.ts';

const ann = `ann:x:1000:1000:Ann Example:/home/ann:/bin/bash
uid=1000(ann) gid=1000(ann) groups=1000(ann),27(sudo),100(users)
home`;
const assess = (want: Omit<UserWant, 'name'>, stdout = ann) =>
  user({ name: 'ann', ...want }).assess({ code: 0, stdout, stderr: '' }, []);
const script = (want: Omit<UserWant, 'name'>, stdout = ann) => String(assess(want, stdout).apply().script);

describe('user', () => {
  it('compares each part that was asked for', () => {
    assert.deepEqual(assess({}).changes, []);
    const same = { uid: 1000, group: 'ann', home: '/home/ann', shell: '/bin/bash', comment: 'Ann Example' };
    assert.deepEqual(assess({ ...same, groups: ['sudo'], createHome: true }).changes, []);
    assert.deepEqual(assess({ uid: 5, shell: '/bin/false', comment: '', group: 'app' }).changes, [
      { what: 'uid', from: '1000', to: '5' },
      { what: 'group', from: 'ann', to: 'app' },
      { what: 'shell', from: '/bin/bash', to: '/bin/false' },
      { what: 'comment', from: 'Ann Example', to: '' },
    ]);
  });

  it('keeps other groups unless told to', () => {
    assert.deepEqual(assess({ groups: ['adm'] }).changes, [
      { what: 'groups', from: 'sudo,users', to: 'adm,sudo,users' },
    ]);
    assert.deepEqual(assess({ groups: ['sudo'], onlyGroups: true }).changes, [
      { what: 'groups', from: 'sudo,users', to: 'sudo' },
    ]);
    assert.deepEqual(assess({ groups: ['sudo', 'users', 'ann'], onlyGroups: true }).changes, []);
    assert.equal(script({ groups: [], onlyGroups: true }), "usermod -G '' ann");
  });

  it('makes a user as asked', () => {
    assert.equal(
      script({ system: true, group: 'app', home: '/var/lib/app', shell: '/usr/sbin/nologin' }, 'absent'),
      'useradd -r -M -g app -d /var/lib/app -s /usr/sbin/nologin ann',
    );
    assert.match(
      script({ groups: ['sudo', 'adm'], comment: "Ann's" }, 'absent'),
      /useradd "\$@" -m -G sudo,adm -c 'Ann'\\''s' ann$/,
    );
    assert.match(script({ system: true, createHome: true, uid: 7 }, 'absent'), /-r -m -u 7 ann$/);
  });

  it('changes all at once, removes with or without its home', () => {
    assert.equal(script({ uid: 5, home: '/h', groups: ['x'] }), 'usermod -u 5 -G sudo,users,x -d /h ann');
    assert.equal(script({ state: 'absent' }), 'userdel ann');
    assert.equal(script({ state: 'absent', removeHome: true }), 'userdel -r ann');
    assert.deepEqual(assess({ state: 'absent' }, 'absent').changes, []);
  });

  it('makes a missing home', () => {
    const homeless = ann.replace(/home$/, 'homeless');
    assert.deepEqual(whats(assess({ createHome: true }, homeless).changes), ['home directory']);
    assert.deepEqual(assess({}, homeless).changes, []);
    assert.match(script({ createHome: true }, homeless), /^rm -rf -- \/home\/ann\.ts-play\n/);
  });

  it('refuses wishes and answers that make no sense', () => {
    for (const name of ['', '-r', 'a b', '1000', 'a:b', '$(x)'])
      assert.throws(() => user({ name }), /not the name/);
    assert.throws(() => user({ name: 'a', groups: ['x,y'] }), /not the name of a group/);
    assert.throws(() => user({ name: 'a', comment: 'x:y' }), /colon/);
    assert.throws(() => user({ name: 'a', home: 'x' }), /absolute/);
    assert.throws(() => assess({}, 'getent: command not found'), /no answer about user ann/);
  });
});

inEveryShell('user', (box) => {
  beforeEach(() => {
    box().standIn(
      'getent',
      '[ "$1 $2" = "group ann" ] && { [ -e @ROOT@/group ]; exit; }; cat @ROOT@/passwd 2>/dev/null || exit 2',
    );
    box().remove('id');
  });

  it('joins its own group when that exists already', async () => {
    box().standIn('useradd', `echo "ann:x:5:5:c:@ROOT@/home:/bin/sh" >@ROOT@/passwd`);
    box().standIn('id', 'echo "uid=5(ann) gid=5(ann) groups=5(ann)"');
    if (!box().canReplaceTools) return;
    await converge(box(), user({ name: 'ann' }));
    assert.deepEqual(
      box()
        .calls()
        .filter(([name]) => name === 'useradd'),
      [['useradd', '-m', 'ann']],
    );
    const { apply } = user({ name: 'ann' }).assess({ code: 0, stdout: 'absent', stderr: '' }, []);
    mkdirSync(box().path('group'));
    await box().run(apply().script, { setE: true });
    assert.deepEqual(
      box()
        .calls()
        .filter(([name]) => name === 'useradd'),
      [['useradd', '-g', 'ann', '-m', 'ann']],
    );
  });

  it('passes hostile values as they are', async function () {
    if (!box().canReplaceTools) this.skip();
    const comment = `it's $(touch pwned) "x" \`y\` %s \\n -r`;
    box().standIn('useradd', `printf '%s\\n' 'ann:x:5:5:'"$5"':@ROOT@/home:/bin/sh' >@ROOT@/passwd`);
    box().standIn('id', 'echo "uid=5(ann) gid=5(ann) groups=5(ann)"');
    await converge(box(), user({ name: 'ann', comment, group: 'ann' }));
    assert.ok(!existsSync(box().path('pwned')));
  });

  it('makes a missing home whole', async function () {
    if (!box().canReplaceTools) this.skip();
    box().standIn('getent', `echo 'ann:x:5:5::@ROOT@/home/ann:/bin/sh'`);
    box().standIn('id', 'echo "uid=5(ann) gid=5(ann) groups=5(ann)"');
    box().standIn('chown');
    const task = user({ name: 'ann', createHome: true });
    const { apply } = await look(box(), task);
    box().crashAt('mv', 'before');
    await box().run(apply().script, { setE: true });
    box().remove('mv');
    assert.ok(!existsSync(box().path('home/ann')));
    await converge(box(), task);
    assert.ok(existsSync(box().path('home/ann')));
    assert.ok(!existsSync(box().path('home/ann.ts-play')));
  });

  it('passes on what the program says when it fails', async () => {
    box().standIn('useradd', 'echo "useradd: group app does not exist" >&2; exit 6');
    const { reply } = await applyOnce(box(), user({ name: 'ann', group: 'app' }));
    assert.deepEqual([reply?.code, reply?.stderr], [6, 'useradd: group app does not exist']);
  });
});
