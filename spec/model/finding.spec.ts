import assert from 'node:assert/strict';
import { formatFindings } from '../../lib/lint/format.ts';
import { type Finding, settled } from '../../lib/model/finding.ts';
import { painter } from '../../lib/report/paint.ts';

const finding = (changed: Partial<Finding> = {}): Finding => ({
  severity: 'hint',
  rule: 'a-rule',
  hosts: ['web1'],
  variable: 'port',
  where: { file: 'hosts.yml', line: 3, column: 5 },
  what: 'the port is odd',
  why: 'odd ports are odd',
  next: 'take another one',
  ...changed,
});

describe('findings', () => {
  it('that several hosts share are merged', () => {
    const [only, ...rest] = settled([finding(), finding({ hosts: ['web2'] }), finding()]);
    assert.deepEqual([only?.hosts, rest], [['web1', 'web2'], []]);
  });

  it('with different places, rules or texts are not merged', () => {
    const elsewhere = finding({ where: { file: 'hosts.yml', line: 4, column: 5 } });
    assert.equal(settled([finding(), elsewhere, finding({ rule: 'b' }), finding({ what: 'x' })]).length, 4);
  });

  it('are sorted by severity, then by place', () => {
    const order = settled([
      finding({ rule: 'c' }),
      finding({ rule: 'b', severity: 'warning', where: { file: 'hosts.yml', line: 10 } }),
      finding({ rule: 'a', severity: 'warning', where: { file: 'hosts.yml', line: 9 } }),
      finding({ rule: 'd', severity: 'error', where: {} }),
    ]);
    assert.deepEqual(
      order.map(({ rule }) => rule),
      ['d', 'a', 'b', 'c'],
    );
  });

  it('are formatted as what, where, why and next', () => {
    assert.equal(
      formatFindings([finding({ why: 'two\nlines' })], painter(false)),
      `hint the port is odd [a-rule]
  at: hosts.yml:3:5 · port · web1
  why: two
       lines
  next: take another one

0 errors, 0 warnings, 1 hint`,
    );
    assert.match(formatFindings([], painter(false)), /^no findings$/);
  });

  it('contain no escape sequences when formatted', () => {
    assert.ok(!formatFindings([finding({ what: '\u001b[2Jx' })], painter(false)).includes('\u001b'));
  });
});
