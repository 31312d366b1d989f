import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseExtraVars, withExtraVars } from '../../lib/inventory/extra-vars.ts';
import type { Vars } from '../../lib/inventory/inventory.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { withoutTemplates } from '../../lib/inventory/templates.ts';
import { formatError, PlayError } from '../../lib/util/errors.ts';

function varsOf(text: string): Vars {
  const [host] = parseInventory(text, 'hosts.yml').hosts.values();
  assert.ok(host);
  return host.vars;
}

function refusal(read: () => unknown): PlayError {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof PlayError, String(error));
    assert.equal(error.kind, 'input');
    return error;
  }
  throw new Error('no error');
}

describe('a template in a variable', () => {
  const vars = varsOf(`all:
  vars:
    port: 80
    url: "http://{{ name }}:{{ port }}"
    list:
      - plain
      - deep: ["x", "{% if a %}b{% endif %}"]
    raw: !unsafe "{{ literal }}"
    rawlist: !unsafe ["{{ a }}", {b: "{{ c }}"}]
    braces: "a { b } { { c"
    length: "a {# b"
    comment: "a {# b #} c"
    base: &base { a: "{{ a }}", b: 1 }
    replaced: { <<: *base, a: 2 }
    merged: { <<: *base, b: 2 }
    alias: *base
  hosts:
    web1:
`);

  it('is an error with its place when the variable is read', () => {
    const error = refusal(() => vars['url']);
    assert.match(error.what, /^the variable url contains a template/);
    assert.deepEqual(error.where, { host: 'web1', file: 'hosts.yml', line: 4, column: 10 });
    assert.match(error.next ?? '', /url: !unsafe/);
  });

  it('is found at any depth, and through aliases and merge keys', () => {
    assert.deepEqual(
      ['list', 'comment', 'base', 'merged', 'alias'].map((name) => refusal(() => vars[name]).where.line),
      [7, 12, 13, 13, 13],
    );
    assert.equal(refusal(() => vars['list']).where.column, 21);
  });

  it('is an error also when all variables are read at once', () => {
    for (const read of [
      () => ({ ...vars }),
      () => Object.entries(vars),
      () => JSON.stringify(vars),
      () => structuredClone(vars),
    ])
      assert.match(refusal(read).what, /contains a template/);
  });

  it('is no error in a variable that is never read', () => {
    assert.equal(vars['port'], 80);
    assert.ok('url' in vars);
    assert.deepEqual(Object.keys(withoutTemplates(vars)), [
      'port',
      'raw',
      'rawlist',
      'braces',
      'length',
      'replaced',
    ]);
  });

  it('is literal text when it is marked !unsafe, or is no template', () => {
    assert.equal(vars['raw'], '{{ literal }}');
    assert.deepEqual(vars['rawlist'], ['{{ a }}', { b: '{{ c }}' }]);
    assert.equal(vars['braces'], 'a { b } { { c');
    assert.equal(vars['length'], 'a {# b');
    assert.deepEqual(vars['replaced'], { a: 2, b: 1 });
  });

  it('is not quoted in the error, because it may be secret', () => {
    const error = refusal(() => varsOf('all: { hosts: { a: { pw: "hunter2{{x}}" } } }')['pw']);
    assert.doesNotMatch(formatError(error), /hunter2/);
  });

  it('is an error only in the definition that wins', () => {
    const text =
      'all: { vars: { x: "{{ a }}", y: 1 }, children: { g: { vars: { x: 2, y: "{{ b }}" } } }, hosts: { h: } }\ng: { hosts: { h: } }';
    const won = varsOf(text);
    assert.equal(won['x'], 2);
    assert.equal(refusal(() => won['y']).where.line, 1);
  });

  describe('given with -e', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'templates-'));
      await writeFile(join(folder, 'vars.yml'), 'a: 1\nb: "{{ a }}"\n');
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const inventory = parseInventory('all: { hosts: { h: { b: own, c: "{{ x }}" } } }', 'hosts.yml');
    const given = async (...args: string[]) => {
      const { vars: extra } = await parseExtraVars(args, folder);
      const vars = withExtraVars(inventory, extra).hosts.get('h')?.vars;
      assert.ok(vars);
      return vars;
    };

    it('is an error with its place when the variable is read', async () => {
      const text = await given('b={{a}}');
      assert.equal(formatError(refusal(() => text['b'])).split('\n')[1], '  at: -e "b=…"');
      assert.match(refusal(() => text['b']).next ?? '', /-e '\{ b: !unsafe "…" \}'/);
      const json = await given('{ a: 1, b: "{{ a }}" }');
      assert.deepEqual(refusal(() => json['b']).where, { file: '-e "{…}"', line: 1, column: 12 });
      const file = await given('@vars.yml');
      assert.equal(file['a'], 1);
      assert.deepEqual(refusal(() => file['b']).where, { file: 'vars.yml', line: 2, column: 4 });
    });

    it('can be overridden, and can be literal text', async () => {
      assert.equal((await given('b={{a}}', 'b=1'))['b'], '1');
      assert.equal((await given('c=1'))['c'], '1');
      assert.equal((await given('{ b: !unsafe "{{ a }}" }'))['b'], '{{ a }}');
      assert.equal(refusal(() => vars['url']).where.line, 4);
    });
  });
});
