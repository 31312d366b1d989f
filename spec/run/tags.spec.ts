import assert from 'node:assert/strict';
import { selectedBy } from '../../lib/run/tags.ts';
import { thing } from './things.ts';

/** Of tasks by their tags, those that run; what Ansible 2.14 does with the same. */
const tasks = ['', 'web', 'db', 'web,db', 'always', 'never', 'never,web', 'always,web'];

function chosen(only: readonly string[], skip: readonly string[] = [], inherited: readonly string[] = []) {
  const selected = selectedBy(inherited, only, skip);
  return tasks.filter((tags) =>
    selected(thing({ name: 't', value: 'v' }, { tags: tags.split(',').filter(Boolean) })),
  );
}

describe('tags', () => {
  it('let all run but never, when none are asked for', () => {
    assert.deepEqual(chosen([]), ['', 'web', 'db', 'web,db', 'always', 'always,web']);
    assert.deepEqual(chosen(['all']), ['', 'web', 'db', 'web,db', 'always', 'always,web']);
  });

  it('let those run that are asked for, and always', () => {
    assert.deepEqual(chosen(['web']), ['web', 'web,db', 'always', 'never,web', 'always,web']);
    assert.deepEqual(chosen(['web', 'db']), ['web', 'db', 'web,db', 'always', 'never,web', 'always,web']);
    assert.deepEqual(chosen(['nowhere']), ['always', 'always,web']);
    assert.deepEqual(chosen(['never']), ['always', 'never', 'never,web', 'always,web']);
  });

  it('know tagged and untagged', () => {
    assert.deepEqual(chosen(['tagged']), ['web', 'db', 'web,db', 'always', 'always,web']);
    assert.deepEqual(chosen(['untagged']), ['', 'always', 'always,web']);
    assert.deepEqual(chosen([], ['tagged']), ['']);
    assert.deepEqual(chosen([], ['untagged']), ['web', 'db', 'web,db', 'always', 'always,web']);
  });

  it('skip what is skipped, whatever is asked for; always only by name', () => {
    assert.deepEqual(chosen([], ['web']), ['', 'db', 'always']);
    assert.deepEqual(chosen(['web'], ['db']), ['web', 'always', 'never,web', 'always,web']);
    assert.deepEqual(chosen([], ['always']), ['', 'web', 'db', 'web,db']);
    assert.deepEqual(chosen([], ['all']), ['always', 'always,web']);
    assert.deepEqual(chosen([], ['all', 'always']), []);
  });

  it('are passed on by roles and plays', () => {
    assert.deepEqual(chosen(['role'], [], ['role']), tasks);
    assert.deepEqual(chosen([], ['role'], ['role']), []);
    assert.deepEqual(chosen(['untagged'], [], ['role']), ['always', 'always,web']);
  });
});
