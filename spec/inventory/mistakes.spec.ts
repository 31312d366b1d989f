import assert from 'node:assert/strict';
import { parseInventory } from '../../lib/inventory/load.ts';
import { filePlace, PlayError } from '../../lib/util/errors.ts';

function errorOf(text: string): PlayError {
  try {
    parseInventory(text, 'f');
  } catch (error) {
    assert.ok(error instanceof PlayError, String(error));
    assert.equal(error.kind, 'input');
    return error;
  }
  throw new Error('no error');
}

interface Expected {
  readonly what: RegExp;
  readonly why?: RegExp;
  readonly next?: RegExp;
}

describe('mistakes in an inventory', function () {
  this.timeout(20_000);

  const cases: [title: string, text: string, place: string, expected: Expected][] = [
    [
      'a misspelt key',
      'all:\n  chidlren:\n    web:',
      'f:2:3',
      { what: /^unknown key "chidlren" in the group "all"$/, next: /^did you mean "children"\?$/ },
    ],
    [
      'a key that resembles no known one',
      'all:\n  children:\n    web:\n      web1:',
      'f:4:7',
      { what: /unknown key "web1" in the group "web"/, next: /only hosts, vars and children/ },
    ],
    [
      'a group named like a section',
      'hosts:\n  host:',
      'f:2:3',
      { what: /unknown key "host" in the group "hosts"/, next: /"hosts"/ },
    ],
    [
      'hosts as a list',
      'all:\n  hosts:\n    - web1',
      'f:2:3',
      { what: /"hosts" must be a map of host names.* but is a list/, next: /as a key/ },
    ],
    [
      'vars as a list',
      'all:\n  vars: [a]',
      'f:2:3',
      { what: /"vars" must be a map of variables, but is a list/ },
    ],
    ['vars as a string', 'all:\n  vars: a', 'f:2:3', { what: /"vars" must be .* but is a string/ }],
    [
      'children as a list',
      'all: { children: [web] }',
      'f:1:8',
      { what: /"children" must be a map of group names/, next: /as a key/ },
    ],
    [
      'a group that is a string',
      'all: web1',
      'f:1:1',
      { what: /"all" must be a group, with hosts, vars and children, but is a string/ },
    ],
    [
      'a host that is a number',
      'all: { hosts: { web1: 5 } }',
      'f:1:17',
      { what: /"web1" must be a map of the host’s variables, or nothing, but is a number/ },
    ],
    ['a list of groups', '- all', 'f:1:1', { what: /an inventory must be a map of groups.* but is a list/ }],
    ['a string', 'just words', 'f:1:1', { what: /an inventory must be a map of groups.* but is a string/ }],
    [
      'an inventory plugin',
      'plugin: amazon.aws.aws_ec2',
      'f:1:1',
      { what: /"plugin" must be/, next: /plugins are not supported/ },
    ],
    [
      'a key twice',
      'all:\n  hosts:\n    a:\n    b:\n    a:',
      'f:5:5',
      { what: /"a" appears twice/, why: /line 3/ },
    ],
    [
      'a key twice, once quoted',
      'all: { vars: { x: { 1: a, "1": b } } }',
      'f:1:27',
      { what: /"1" appears twice/ },
    ],
    [
      'a reversed range',
      'all:\n  hosts:\n    web[3:1]:',
      'f:3:5',
      { what: /range in the host name "web\[3:1\]" is malformed/, why: /after its end/ },
    ],
    [
      'a host name that is a number',
      'all: { hosts: { 10: } }',
      'f:1:17',
      { what: /host name 10 is not a string/, next: /quote it: "10"/ },
    ],
    [
      'a group name that is a boolean',
      'true: { hosts: { a: } }',
      'f:1:1',
      { what: /group name true is not a string/ },
    ],
    [
      'a variable name that is a number',
      'all: { vars: { 1: a } }',
      'f:1:16',
      { what: /variable name 1 is not a string/ },
    ],
    [
      'a host variable name that is null',
      'all: { hosts: { "a[1:9]": { ~: 1 } } }',
      'f:1:29',
      { what: /variable name ~ is not a string/ },
    ],
    ['a name that is missing', 'all: { vars: { : a } }', 'f:1:15', { what: /variable name is missing/ }],
    [
      'a template that is not quoted',
      'all:\n  vars:\n    x: {{ y }}',
      'f:3:9',
      { what: /a key is a map or a list/, next: /^quote a value/ },
    ],
    [
      'a vault value',
      'all:\n  vars:\n    password: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162',
      'f:3:22',
      { what: /!vault/, why: /not supported yet/ },
    ],
    ['infinity', 'all: { vars: { x: .inf } }', 'f:1:19', { what: /\.inf can't be represented in JSON/ }],
    [
      'a number that loses digits',
      'all: { vars: { x: 12345678901234567890 } }',
      'f:1:19',
      { what: /too large/, next: /quote/ },
    ],
    [
      'an alias without an anchor',
      'all: { vars: { a: &base 1, b: *bsae } }',
      'f:1:31',
      { what: /no anchor &bsae/, next: /did you mean "base"/ },
    ],
    ['a value that contains itself', 'all: { vars: { a: &a [*a] } }', 'f:1:22', { what: /contains itself/ }],
    ['a merge of a value that is not a map', 'all: { vars: { <<: 5 } }', 'f:1:20', { what: /merge key/ }],
    [
      'a priority that is not a number',
      'a: { vars: { ansible_group_priority: high } }',
      'f:1:14',
      { what: /whole number/ },
    ],
    [
      'a group that contains itself',
      'a: { children: { b: { children: { a: } } } }',
      'f:1:18',
      { what: /"b" can't be a child of "a"/, why: /contain itself/ },
    ],
    ['a group as its own child', 'a:\n  children:\n    a:', 'f:3:5', { what: /"a" can't be a child of "a"/ }],
    [
      'a cycle over several places',
      'a: { children: { b: } }\nb: { children: { c: } }\nc: { children: { a: } }',
      'f:3:18',
      { what: /"a" can't be a child of "c"/ },
    ],
    ['all as a child', 'a: { children: { all: } }', 'f:1:18', { what: /"all" can't be a child/ }],
    [
      'ungrouped as a child',
      'a: { children: { ungrouped: } }',
      'f:1:18',
      { what: /"ungrouped" can't be a child/ },
    ],
    [
      'a child of ungrouped',
      'ungrouped: { children: { a: } }',
      'f:1:26',
      { what: /"a" can't be a child of "ungrouped"/ },
    ],
    ['broken indentation', 'all:\n  hosts:\n    a:\n   b:', 'f:4:4', { what: /not valid YAML/ }],
    ['a bracket that is not closed', 'all: { hosts: { a: }\nweb:', 'f:2:1', { what: /not valid YAML/ }],
    ['a tab', 'all:\n\thosts:', 'f:2:1', { what: /a tab/ }],
    ['two documents', 'all:\n---\nall:', 'f:2:1', { what: /one YAML document/ }],
    ['an INI file', '# mine\n[web]\nweb1', 'f:2:1', { what: /INI format/, next: /ansible-inventory -i f/ }],
    [
      'an INI file that begins with hosts',
      'web1 ansible_host=192.0.2.1\nweb2\n\n[db]\ndb1',
      'f:4:1',
      { what: /INI format/ },
    ],
    ['hosts, one per line', 'web1\nweb2', 'f:1:1', { what: /INI format/ }],
    [
      'a host name that contains a template',
      'all:\n  hosts:\n    "{{ name }}":',
      'f:3:5',
      { what: /the host name contains a template/ },
    ],
    ['an encrypted file', '$ANSIBLE_VAULT;1.1;AES256\n61', 'f:1:1', { what: /encrypted with Ansible Vault/ }],
    ['nothing', '', 'f', { what: /the inventory is empty/ }],
    ['comments only', '# nothing\n---\n', 'f', { what: /the inventory is empty/ }],
    ['null', '~', 'f', { what: /the inventory is empty/ }],
  ];
  for (const [title, text, place, { what, why, next }] of cases) {
    it(`include ${title}`, () => {
      const error = errorOf(text);
      assert.match(error.what, what);
      if (why !== undefined) assert.match(error.why ?? '', why);
      if (next !== undefined) assert.match(error.next ?? '', next);
      assert.equal(filePlace(error.where), place);
    });
  }

  it('are all reported, the first in the file first', () => {
    const error = errorOf('all:\n  hosts:\n    b[2:1]:\n    a:\n    a:\n  vras:\n  children: [x]');
    assert.match(error.what, /b\[2:1\]/);
    assert.equal(error.where.line, 3);
    assert.deepEqual((error.why ?? '').split('\n'), [
      '[2:1] begins after its end',
      'there are 3 more mistakes:',
      'f:5:5 the key "a" appears twice in one map (keep one of them)',
      'f:6:3 unknown key "vras" in the group "all" (did you mean "vars"?)',
      'f:7:3 "children" must be a map of group names, each with a group or nothing, but is a list (write each name as a key on its own line: "name:")',
    ]);
  });

  it('are only counted after the tenth', () => {
    const error = errorOf(`all:\n${Array.from({ length: 15 }, (_, i) => `  k${i}:`).join('\n')}`);
    assert.match(error.why ?? '', /there are 14 more mistakes:/);
    assert.match(error.why ?? '', /and 4 more$/);
  });

  it('reports a mistake once, also under a range', () => {
    const error = errorOf('all: { hosts: { "a[1:9]": { 1: x } } }');
    assert.equal(error.why, undefined);
  });

  it('does not quote text that it could not parse, which may be secret', () => {
    const error = errorOf('all:\n  vars:\n    password: "hunter2" hunter3\n    token: hunter4: x');
    assert.doesNotMatch(`${error.what} ${error.why}`, /hunter/);
  });

  it('refuses aliases that expand to too many values', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `    v${i + 1}: &v${i + 1} [${`*v${i}, `.repeat(10)}]`,
    );
    assert.match(
      errorOf(`all:\n  vars:\n    v0: &v0 x\n${levels.join('\n')}`).what,
      /more than 1000000 values/,
    );
  });

  it('refuses nesting that is too deep', () => {
    assert.match(
      errorOf(`all: { vars: { x: ${'['.repeat(6_000)}${']'.repeat(6_000)} } }`).what,
      /too deeply/,
    );
  });
});
