import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { groupKeys, inventorySchema } from '../../lib/inventory/schema.ts';
import { site } from './site.ts';

describe('inventorySchema', () => {
  // As an editor uses it: parsed from JSON, with any draft-07 validator.
  const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(inventorySchema)));

  const cases: [text: string, valid: boolean][] = [
    [site, true],
    ['all:', true],
    ['all: { hosts: web1, children: db }', true],
    ['all: { hosts: { web1: { any: [thing] } } }', true],
    ['a: { children: { b: { children: { c: { vars: { x: 1 } } } } } }', true],
    ['a: { children: { b: { children: { c: { var: { x: 1 } } } } } }', false],
    ['all: { hosts: [web1] }', false],
    ['all: { vars: text }', false],
    ['all: 1', false],
    ['[all]', false],
  ];
  for (const [text, valid] of cases) {
    it(`${valid ? 'allows' : 'refuses'} ${text === site ? 'the large example' : text}`, () => {
      assert.equal(validate(parse(text, { merge: true })), valid);
    });
  }

  it('lists the keys of a group', () => assert.deepEqual(groupKeys, ['hosts', 'vars', 'children']));
});
