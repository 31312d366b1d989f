import assert from 'node:assert/strict';
import { type ExtraVars, parseExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { defineOperation, playSteps } from '../../lib/model/operation.ts';
import { plan } from '../../lib/run/plan.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { Secret } from '../../lib/util/secret.ts';
import { thing } from '../run/things.ts';

const seen: unknown[] = [];
const grow = defineOperation({
  name: 'grow',
  description: 'A node more.',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: {
      node: { type: 'string', minLength: 1, description: 'The host.' },
      within: { type: 'integer', default: 900, formerly: ['grow_within'], description: 'Seconds.' },
      password: { type: 'string', format: 'secret', description: 'A secret.' },
    },
  },
  validate({ node }, _hosts, { playHosts }) {
    if (!playHosts.some(({ name }) => name === node)) throw new Error(`${node} is no host of this play`);
  },
  steps: (params) => [
    () => () => {
      seen.push(params);
      return [thing({ name: params.node, value: `${params.within}` })];
    },
  ],
});

/** The error that something throws. */
function errorOf(act: () => unknown): PlayError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof PlayError);
    return error;
  }
  assert.fail('it throws nothing');
}

const inventory = (vars = '') => parseInventory(`all: {hosts: {h1: {${vars}}, h2: }}`, 'hosts.yml');
const none: ExtraVars = { vars: {}, loose: new Set<string>() };
const planned = (node: string, vars = '', extra = none) =>
  plan({ plays: [{ name: 'p', hosts: 'all', roles: [grow({ node })] }] }, inventory(vars), extra, {});

describe('an operation', () => {
  it('is a part of a play that takes parameters and no variables', () => {
    const use = grow({ node: 'h2' }, { tags: ['queues'] });
    assert.deepEqual(
      [use.kind, use.name, use.given, use.schema.properties, use.tags],
      ['operation', 'grow', {}, {}, ['queues']],
    );
    assert.equal(planned('h2', 'node: 7, within: soon').length, 1);
  });

  it('gives its steps checked parameters, with defaults and secrets', async () => {
    const [step] = grow({ node: 'h2', password: 'hush' }).steps;
    const layout = await step?.({ hosts: [] } as never);
    layout?.({} as never);
    assert.deepEqual(seen.at(-1), { within: 900, node: 'h2', password: new Secret('hush') });
  });

  it('has its parameters for a playbook that takes the same', () => {
    assert.equal(grow.params.properties.within.default, 900);
    assert.equal(grow.definition.description, 'A node more.');
  });

  it('refuses wrong parameters with the place of the call', () => {
    const wrong = errorOf(() => grow({ node: 'h2', within: 'soon' as never }));
    assert.equal(wrong.what, 'parameter within of operation grow must be integer');
    assert.equal(wrong.why, 'it is "soon"; Seconds.');
    assert.match(`${wrong.where.file}`, /operation\.spec\.[jt]s$/);
    assert.ok((wrong.where.line ?? 0) > 50);
    assert.equal(errorOf(() => grow({} as never)).what, 'operation grow needs the parameter node');
    const unknown = errorOf(() => grow({ node: 'h2', wihtin: 3 } as never));
    assert.match(
      `${unknown.what}; ${unknown.next}`,
      /^unknown parameter wihtin for operation grow; .*within/,
    );
    assert.equal(wrong.kind, 'input');
  });

  it('judges them together with the hosts of the play', () => {
    assert.match(errorOf(() => planned('h7')).what, /^h7 is no host of this play$/);
  });

  it('refuses a variable that has become a parameter, with its place', async () => {
    const left = errorOf(() => planned('h2', 'grow_within: 60'));
    assert.match(
      left.what,
      /^grow_within is no longer a variable: it is the parameter within of the operation grow$/,
    );
    assert.deepEqual([left.where.host, left.where.file, left.where.line], ['h1', 'hosts.yml', 1]);
    const extra = await parseExtraVars(['grow_within=60'], '/');
    assert.match(errorOf(() => planned('h2', '', extra)).what, /no longer a variable/);
  });
});

describe('steps alone', () => {
  it('are a part of a play as well', () => {
    const part = playSteps('look', [() => () => []]);
    assert.deepEqual([part.name, part.kind, part.steps.length, part.given], ['look', 'operation', 1, {}]);
    const plays = plan({ plays: [{ name: 'p', hosts: 'all', roles: [part] }] }, inventory(), none, {});
    assert.equal(plays.length, 1);
  });
});
