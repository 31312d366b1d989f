import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { secret } from '../../../lib/index.ts';
import { brokerUser } from '../../../roles/rabbit-join/user.ts';
import { HOSTILE, inEveryShell, whats } from '../../support/sandbox.ts';
import { answer, appStopped, running, user } from '../domain/rabbitmq/nodes.ts';

const PASSWORD = 'pa$$w0rd `id` "x"';
const all = (name: string, vhost = '/') => ({ user: name, vhost, configure: '.*', write: '.*', read: '.*' });
const admin = brokerUser({ name: 'admin', password: secret(PASSWORD) });
const good = { users: [user('admin', PASSWORD)], permissions: [all('admin')] };

describe("a broker's administrator", () => {
  const changes = (told: Parameters<typeof running>[1]) =>
    admin.assess(answer(running('a', told)), []).changes;

  it('is left alone when all is right', () => {
    assert.deepEqual(changes(good), []);
  });

  it('is made with tags and permissions on every virtual host', () => {
    assert.deepEqual(whats(changes({ vhosts: ['/', 'v'] })), [
      'user',
      'tags',
      'permissions on /',
      'permissions on v',
    ]);
  });

  it('gets back exactly what differs', () => {
    assert.deepEqual(changes({ ...good, users: [user('admin', 'other')] }), [{ what: 'password' }]);
    assert.deepEqual(changes({ ...good, users: [user('admin', PASSWORD, ['monitoring'])] }), [
      { what: 'tags', from: 'monitoring', to: 'administrator' },
    ]);
    assert.deepEqual(whats(changes({ ...good, permissions: [{ ...all('admin'), write: '^x' }] })), [
      'permissions on /',
    ]);
    assert.deepEqual(whats(changes({ ...good, permissions: [all('other')] })), ['permissions on /']);
  });

  it('never shows the password', () => {
    const assessment = admin.assess(answer(running('a')), []);
    const shown = `${admin.title}${admin.probe.script}${JSON.stringify([admin.claims, assessment.changes])}`;
    assert.ok(!`${shown}${assessment.apply().script}`.includes(PASSWORD));
    assert.ok(!admin.probe.script.reveal().includes(PASSWORD));
  });

  it('can not be told without a broker that runs', () => {
    assert.throws(() => admin.assess(answer(appStopped('a')), []), /the broker is not running/);
  });

  it('or any other is removed when told to', () => {
    const gone = brokerUser({ name: 'guest', state: 'absent' });
    assert.deepEqual(gone.assess(answer(running('a')), []).changes, [
      { what: 'user', from: 'present', to: 'absent' },
    ]);
    assert.deepEqual(gone.assess(answer(running('a', { users: [] })), []).changes, []);
  });
});

inEveryShell("a broker's user", (box) => {
  beforeEach(() => {
    // All that a list of processes could show goes to one file, what is read on stdin to another.
    box().standIn('runuser', 'printf "%s\\n" "$*" >>@ROOT@/argv; env >>@ROOT@/argv; cat >>@ROOT@/stdin');
    writeFileSync(box().path('stdin'), '');
  });

  for (const password of [
    PASSWORD,
    ...HOSTILE.filter((text) => !text.includes('\n')),
    '-n',
    'ends with\t%',
  ]) {
    it(`is given the password ${JSON.stringify(password)} on stdin alone`, async () => {
      const task = brokerUser({ name: 'admin', password: secret(password) });
      for (const told of [{ users: [] }, { ...good, users: [user('admin', 'old')] }]) {
        writeFileSync(box().path('stdin'), '');
        const { script } = task.assess(answer(running('a', told)), []).apply();
        assert.equal((await box().run(script, { setE: true })).code, 0);
        assert.equal(readFileSync(box().path('stdin'), 'utf8'), `${password}\n`);
      }
      const argv = readFileSync(box().path('argv'), 'utf8');
      assert.match(argv, /-u rabbitmq -- \/usr\/lib\/rabbitmq\/bin\/rabbitmqctl add_user admin$/m);
      assert.match(argv, /rabbitmqctl change_password admin$/m);
      if (password.length > 3) assert.ok(!argv.includes(password));
    });
  }

  it('has its commands read UTF-8', async () => {
    const { script } = admin.assess(answer(running('a')), []).apply();
    await box().run(script, { setE: true });
    assert.match(readFileSync(box().path('argv'), 'utf8'), /^LC_ALL=C\.UTF-8$/m);
  });
});
