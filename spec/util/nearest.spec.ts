import assert from 'node:assert/strict';
import { didYouMean, nearest } from '../../lib/util/nearest.ts';

describe('nearest', () => {
  const known = ['hosts', 'vars', 'children', 'rabbitmq', 'haproxy', 'db'];
  const cases: [word: string, found: string | undefined][] = [
    ['chidlren', 'children'],
    ['child', undefined],
    ['host', 'hosts'],
    ['Hosts', 'hosts'],
    ['vras', 'vars'],
    ['rabitmq', 'rabbitmq'],
    ['haproxi', 'haproxy'],
    ['bd', undefined],
    ['d', undefined],
    ['web', undefined],
    ['completely-else', undefined],
    ['', undefined],
  ];
  for (const [word, found] of cases) {
    it(`finds ${found ?? 'nothing'} for "${word}"`, () => assert.equal(nearest(word, known), found));
  }

  it('returns the first of equally similar words and accepts any iterable', () => {
    assert.equal(nearest('web9', new Set(['web1', 'web2'])), 'web1');
    assert.equal(nearest('web22', ['web1', 'web2']), 'web2');
  });
});

describe('didYouMean', () => {
  it('returns a sentence or undefined', () => {
    assert.equal(didYouMean('hsots', ['hosts']), 'did you mean "hosts"?');
    assert.equal(didYouMean('zzz', ['hosts']), undefined);
  });
});
