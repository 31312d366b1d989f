import assert from 'node:assert/strict';
import { parseKeepalived, type Statement } from '../../../../roles/keepalived-build/vrrp/parse.ts';

const shape = (statements: readonly Statement[]): unknown =>
  statements.map(({ keyword, args, block }) => [keyword, ...args, ...(block.length ? [shape(block)] : [])]);
const parse = (text: string) => shape(parseKeepalived(text, 'k.conf'));

describe('the reader of keepalived.conf', () => {
  it('reads keywords, words and blocks', () => {
    assert.deepEqual(parse('a 1 2\nb x {\n  c\n  d {\n    e 3\n  }\n}\nf\n'), [
      ['a', '1', '2'],
      ['b', 'x', [['c'], ['d', [['e', '3']]]]],
      ['f'],
    ]);
  });

  it('knows comments, quotes, and braces wherever they stand', () => {
    assert.deepEqual(parse('# no { \n! no }\na "two words" # 3 {\nb\n{\n c }\nd { e }\n'), [
      ['a', 'two words'],
      ['b', [['c']]],
      ['d', [['e']]],
    ]);
  });

  it('tells where a keyword stands', () => {
    const [, second] = parseKeepalived('a\r\n   b 1\r\n', 'k.conf');
    assert.deepEqual([second?.keyword, second?.line, second?.column, second?.args], ['b', 2, 4, ['1']]);
  });

  it('refuses blocks that do not close, or close twice', () => {
    assert.throws(() => parse('a {\n b {\n }\n'), { kind: 'input', what: 'the block a is not closed' });
    assert.throws(
      () => parse('a {\n}\n}\n'),
      (error: { where?: unknown }) => {
        assert.deepEqual(error.where, { file: 'k.conf', line: 3, column: 1 });
        return true;
      },
    );
    assert.throws(() => parse('{\n}'), /no keyword/);
  });
});
