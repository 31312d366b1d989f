import assert from 'node:assert/strict';
import { defineRole } from '../../lib/model/role.ts';

describe('defineRole', () => {
  const seen: unknown[] = [];
  const role = defineRole({
    name: 'web',
    description: 'a web server',
    prefix: 'web_',
    vars: {
      type: 'object',
      additionalProperties: false,
      properties: { web_port: { type: 'integer', default: 80, description: 'its port' } },
    },
    validate: (hosts) => void seen.push(hosts.length),
    steps: [() => () => []],
  });

  it('gives a function that says how one play uses it', () => {
    const use = role({ web_port: 81 }, { tags: ['proxy'] });
    assert.deepEqual(
      [use.name, use.prefix, use.given, use.tags],
      ['web', 'web_', { web_port: 81 }, ['proxy']],
    );
    assert.equal(use.steps.length, 1);
    assert.deepEqual([role().given, role().tags], [{}, []]);
  });

  it('keeps its definition for docs and editors', () => {
    assert.equal(role.definition.description, 'a web server');
    assert.equal(role.definition.vars.properties.web_port.default, 80);
  });

  it('hands its hosts to validate, which it need not have', () => {
    role().validate([], { playHosts: [], group: () => [] });
    assert.deepEqual(seen, [0]);
    const { validate: _, ...plain } = role.definition;
    defineRole(plain)().validate([], { playHosts: [], group: () => [] });
  });
});
