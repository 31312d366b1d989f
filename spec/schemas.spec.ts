import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { inventorySchema } from '../lib/inventory/schema.ts';
import { erlangCookie } from '../roles/erlang-cookie/index.ts';
import { haPolicy } from '../roles/ha-policy/index.ts';
import { haproxyBuild } from '../roles/haproxy-build/index.ts';
import { keepalivedBuild } from '../roles/keepalived-build/index.ts';
import { rabbitJoin } from '../roles/rabbit-join/index.ts';

/** At run time schemas are taken to be right, which makes runs quicker: here they are checked. */
describe('schemas are valid JSON Schema', () => {
  const roles = [erlangCookie, rabbitJoin, haPolicy, haproxyBuild, keepalivedBuild];
  const schemas = roles.map(({ definition }) => [definition.name, definition.vars as object] as const);
  for (const [name, schema] of [['inventory', inventorySchema as object] as const, ...schemas]) {
    it(name, () => {
      const ajv = new Ajv({ strict: true, allowUnionTypes: true, formats: { secret: true } });
      assert.equal(ajv.validateSchema(schema), true, JSON.stringify(ajv.errors));
      ajv.compile(schema);
    });
  }
});
