import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseExtraVars, withExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { formatError, PlayError } from '../../lib/util/errors.ts';
import { site } from './site.ts';

describe('parseExtraVars', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'extra-'));
    await writeFile(join(folder, 'vars.yml'), 'a: [1, 2]\nb: yes\n');
    await writeFile(join(folder, 'vars.json'), '{"a": {"deep": true}}');
    await writeFile(join(folder, 'list.yml'), '- a\n');
    await writeFile(join(folder, 'broken.yml'), 'a:\n  - b\n c: d\n');
    await writeFile(join(folder, 'number.yml'), 'a: 1\n2: b\n');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const cases: [args: string[], vars: Record<string, unknown>, loose: string[]][] = [
    [[], {}, []],
    [['a=1'], { a: '1' }, ['a']],
    [['a=1 b=two  c='], { a: '1', b: 'two', c: '' }, ['a', 'b', 'c']],
    [['a="two words" b=\'it is "so"\''], { a: 'two words', b: 'it is "so"' }, ['a', 'b']],
    [['"a=two words"'], { a: 'two words' }, ['a']],
    [['a="say \\"hi\\" \\\\ back"'], { a: 'say "hi" \\ back' }, ['a']],
    [['a=C:\\new\\table'], { a: 'C:\\new\\table' }, ['a']],
    [["a='C:\\new table'"], { a: 'C:\\new table' }, ['a']],
    [['a=x=y==z'], { a: 'x=y==z' }, ['a']],
    [['a=http://x/?q="1 2"'], { a: 'http://x/?q="1 2"' }, ['a']],
    [['a=[1,2]'], { a: '[1,2]' }, ['a']],
    [['{"a": 1, "b": [true, null]}'], { a: 1, b: [true, null] }, []],
    [['{a: yes, b: 0x10}'], { a: 'yes', b: 16 }, []],
    [['@vars.yml'], { a: [1, 2], b: 'yes' }, []],
    [['@vars.json'], { a: { deep: true } }, []],
    [['@vars.yml', 'a=over', 'c=1'], { a: 'over', b: 'yes', c: '1' }, ['a', 'c']],
    [['a=1', '{"a": 1}'], { a: 1 }, []],
    [['__proto__=x'], { ['__proto__']: 'x' }, ['__proto__']],
  ];
  for (const [args, vars, loose] of cases) {
    it(`reads ${args.map((arg) => `-e ${arg}`).join(' ') || 'nothing'}`, async () => {
      const found = await parseExtraVars(args, folder);
      assert.deepEqual(found.vars, vars);
      assert.deepEqual([...found.loose].sort(), loose);
    });
  }

  const bad: [arg: string, what: RegExp, at: RegExp][] = [
    ['word', /expects name=value/, /-e "word"/],
    ['a=1 word', /expects name=value/, /-e "a=…"/],
    ['a={{ b }}', /-e contains a template/, /-e "a=…"/],
    ['=1', /expects name=value/, /-e "=…"/],
    ['', /has no value/, /-e ""/],
    ['a="open', /quote is not closed/, /-e "a=…"/],
    ['vars.yml', /expects name=value/, /-e "vars.yml"/],
    ['./vars.yml', /needs an @/, /-e "\.\/vars\.yml"/],
    ['[1, 2]', /must be a map/, /-e "\{…\}":1:1/],
    ['{"a": 1', /not valid YAML/, /-e "\{…\}":1:8/],
    ['{"a": 1, "a": 2}', /"a" appears twice/, /-e "\{…\}":1:10/],
    ['{1: a}', /name 1 is not a string/, /-e "\{…\}":1:2/],
    ['@', /no file name/, /-e "@"/],
    ['@vars.yaml', /there is no variables file/, /vars\.yaml/],
    ['@.', /is a folder/, /./],
    ['@list.yml', /must be a map/, /list\.yml:1:1/],
    ['@broken.yml', /not valid YAML/, /broken\.yml:3:2/],
    ['@number.yml', /name 2 is not a string/, /number\.yml:2:1/],
  ];
  for (const [arg, what, at] of bad) {
    it(`refuses -e ${arg}`, async () => {
      await assert.rejects(parseExtraVars([arg], folder), (error) => {
        assert.ok(error instanceof PlayError);
        assert.equal(error.kind, 'input');
        assert.match(error.what, what);
        assert.match(formatError(error), at);
        return true;
      });
    });
  }

  it('shows no value in an error', async () => {
    const options = [
      'pw=hunter2 oops',
      'pw="hunter2 x=hunter2',
      'pw="a hunter2=b" oops',
      '{pw: hunter2 "hunter2"',
      '{"pw": "hunter2',
    ];
    for (const option of options) {
      await assert.rejects(parseExtraVars([option], folder), (error) => {
        assert.ok(error instanceof PlayError);
        assert.doesNotMatch(formatError(error), /hunter2/, option);
        return true;
      });
    }
  });
});

describe('withExtraVars', () => {
  const inventory = parseInventory(site, 'site.yml');

  it('overrides the variables of every host, with -e as their place', () => {
    const over = withExtraVars(inventory, { level: 'extra', fresh: [1] });
    for (const host of over.hosts.values()) {
      assert.equal(host.vars['level'], 'extra');
      assert.deepEqual(host.vars['fresh'], [1]);
      assert.deepEqual(host.place('level'), { file: '-e' });
    }
    const mq03 = over.hosts.get('mq03');
    assert.equal(mq03?.vars['who'], 'proxies');
    assert.equal(mq03?.place('who').line, 31);
    assert.deepEqual(mq03?.groups, inventory.hosts.get('mq03')?.groups);
    assert.deepEqual([...over.hosts.keys()], [...inventory.hosts.keys()]);
    assert.equal(over.groups, inventory.groups);
  });

  it('does not change the given inventory', () => {
    withExtraVars(inventory, { level: 'extra' });
    assert.equal(inventory.hosts.get('mq03')?.vars['level'], 'mine');
    assert.equal(withExtraVars(inventory, {}), inventory);
  });
});
