import assert from 'node:assert/strict';
import { defineTask, uploadedPath } from '../../lib/model/task.ts';
import { sh } from '../../lib/util/sh.ts';
import { deed, thing, thingType } from '../run/things.ts';

const reply = (stdout: string, code = 0) => ({ code, stdout, stderr: '' });

describe('defineTask', () => {
  it('binds a wish to its type', () => {
    const task = thing({ name: 'x', value: 'new' });
    assert.equal(task.type, 'thing');
    assert.equal(task.title, 'x');
    assert.equal(task.always, false);
    assert.deepEqual(task.claims, { 'thing x': 'new' });
    assert.equal(task.probe.script.reveal(), 'get x');
    const assessment = task.assess(reply('old'), []);
    assert.deepEqual(assessment.changes, [{ what: 'value', from: 'old', to: 'new' }]);
    assert.equal(assessment.apply().script.reveal(), 'put x new');
    assert.deepEqual(task.assess(reply('new'), []).changes, []);
  });

  it('takes a title and options of the playbook’s own', () => {
    const task = thing({ name: 'x', value: 'new' }, { title: 'the x', as: 'bob', tags: ['a'] });
    assert.equal(task.title, 'the x');
    assert.deepEqual([task.options.as, task.options.tags], ['bob', ['a']]);
  });

  it('refuses a wish at once, before any host is contacted', () => {
    const strict = defineTask({
      ...thingType,
      validate: ({ value }) => {
        if (value === '') throw new Error('a thing needs a value');
      },
    });
    assert.throws(() => strict({ name: 'x', value: '' }), /a thing needs a value/);
  });

  it('passes an apply with uploads through', () => {
    const upload = { from: '/x', sha256: 'ab' };
    const sending = defineTask({
      ...thingType,
      apply: () => ({ script: sh`use ${uploadedPath(upload)}`, uploads: [upload] }),
    });
    const { script, uploads } = sending({ name: 'x', value: 'new' }).assess(reply('old'), []).apply();
    assert.equal(script.reveal(), 'use /var/tmp/ts-play-ab');
    assert.deepEqual(uploads, [upload]);
  });

  it('says what is always done', () => {
    assert.equal(deed({ name: 'd' }).always, true);
  });
});
