import assert from 'node:assert/strict';
import { pythonRegex } from '../../lib/inventory/python-regex.ts';
import { PlayError } from '../../lib/util/errors.ts';

describe('a regular expression in Python syntax', () => {
  /** The results of Python 3.11's `re.match`. */
  const cases: [source: string, matches: string[], not: string[]][] = [
    ['web', ['web', 'web1'], ['aweb']],
    ['\\Aweb\\Z', ['web'], ['web1']],
    ['web1$', ['web1'], ['web12']],
    ['web1\\z', ['web1'], ['web12']],
    ['(?P<c>[a-z])x(?P=c)$', ['axa'], ['axb']],
    ['(?i)WEB', ['web'], ['db']],
    ['(?ai)WEB', ['web'], ['db']],
    ['(?#the old ones)web', ['web'], ['db']],
    ['w{,2}$', ['', 'w', 'ww'], ['www']],
    ['[]x]$', [']', 'x'], ['a']],
    ['[^]x]$', ['a'], [']', 'x']],
    ['[[a]$', ['[', 'a'], ['b']],
    ['a|b', ['a', 'b'], ['cb']],
    ['web\\.(?=x)', ['web.x'], ['webx', 'web.y']],
    ['\\d{2}\\w\\s?', ['12a'], ['1a']],
    ['[\\d.]+$', ['1.2'], ['a']],
  ];
  for (const [source, matches, not] of cases) {
    it(`matches as in Python: ${source}`, () => {
      const regex = pythonRegex(source);
      for (const name of matches) assert.ok(regex.test(name), name);
      for (const name of not) assert.ok(!regex.test(name), `not ${name}`);
    });
  }

  const refused: [source: string, construct: string, at: number][] = [
    ['[[:alpha:]]+', '[:alpha:]', 3],
    ['a(?(1)b|c)', '(?(', 3],
    ['(?x) a b', '(?x)', 2],
    ['(?ix)a', '(?ix)', 2],
    ['(?L)a', '(?L)', 2],
    ['a(?i)', '(?i)', 3],
    ['(?>a)', '(?>', 2],
    ['a\\Qb', '\\Q', 3],
    ['a[\\Z]', '\\Z', 4],
    ['\\U00000041', '\\U', 2],
    ['(?i)\\N{DIGIT ONE}', '\\N', 6],
  ];
  for (const [source, construct, at] of refused) {
    it(`refuses ${source}`, () => {
      assert.throws(
        () => pythonRegex(source),
        (error) => {
          assert.ok(error instanceof PlayError);
          assert.equal(error.what, `"${construct}" in the pattern "~${source}" is not supported`);
          assert.equal(error.why, `it is character ${at} of the pattern`);
          return true;
        },
      );
    });
  }

  it('refuses what is invalid in Python and in JavaScript', () => {
    for (const source of ['(web', 'a**', 'a++', '[b-a]'])
      assert.throws(() => pythonRegex(source), /is not a regular expression/, source);
  });
});
