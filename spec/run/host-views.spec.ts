import assert from 'node:assert/strict';
import { defineRole, type RoleSettings } from '../../lib/index.ts';
import { noExtraVars, parseExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { plan } from '../../lib/run/plan.ts';

const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['web_password'],
  properties: {
    web_port: {
      type: 'integer',
      default: 80,
      formerly: ['site_port', 'http_port'],
      description: 'Its port.',
    },
    web_name: { type: 'string', description: 'Its name.' },
    web_password: { type: 'string', format: 'secret', description: 'Its password.' },
  },
} as const;
const web = { name: 'web', prefix: 'web_', vars } as const satisfies RoleSettings<typeof vars>;
const webRole = defineRole({ ...web, description: 'a server', steps: [] });
const reader = defineRole({
  name: 'reader',
  description: 'reads what another role is told',
  prefix: 'reader_',
  vars: { type: 'object', additionalProperties: false, properties: {} },
  steps: [],
});

describe('a setting that another role reads', () => {
  /** The port of host a, as the plays' other roles see it, and what the user is warned of. */
  async function planned(
    inventory: string,
    given: readonly Parameters<typeof webRole>[0][] = [],
    { extra = [], roles }: { readonly extra?: readonly string[]; readonly roles?: readonly string[] } = {},
  ) {
    const warnings: string[] = [];
    const password = { web_password: 'x' };
    const plays = plan(
      {
        plays: [
          { name: 'first', hosts: 'a', roles: [reader()] },
          ...given.map((each, i) => ({
            name: `play ${i}`,
            hosts: 'all',
            roles: [webRole({ ...password, ...each })],
          })),
        ],
      },
      parseInventory(`all:\n  hosts:\n    a: { ${inventory} }\n    b:\n`, 'hosts.yml'),
      extra.length === 0 ? noExtraVars : await parseExtraVars([...extra], process.cwd()),
      roles === undefined ? {} : { roles },
      (text) => warnings.push(text),
    );
    const [host] = plays[0]?.allHosts ?? [];
    assert.ok(host);
    return { host, warnings };
  }
  const port = async (...args: Parameters<typeof planned>) =>
    (await planned(...args)).host.setting(web, 'web_port');

  it('is the default, the inventory, the playbook, or -e: the last of these that says something', async () => {
    assert.equal(await port(''), 80);
    assert.equal(await port('', [{}]), 80);
    assert.equal(await port('web_port: 81'), 81);
    assert.equal(await port('web_port: 81', [{}]), 81);
    assert.equal(await port('web_port: 81', [{ web_port: 82 }]), 82);
    assert.equal(await port('web_port: 81', [{ web_port: 82 }], { extra: ['web_port=83'] }), 83);
  });

  it('is what the last play says that says something', async () => {
    assert.equal(await port('web_port: 81', [{ web_port: 82 }, { web_port: 84 }, {}]), 84);
  });

  it('is what the playbook says, also when that role is not run', async () => {
    assert.equal(await port('web_port: 81', [{ web_port: 82 }], { roles: ['reader'] }), 82);
  });

  it('is undefined without a default where nobody says anything, required or not', async () => {
    const { host } = await planned('');
    assert.equal(host.setting(web, 'web_name'), undefined);
    assert.equal(host.setting(web, 'web_password'), undefined);
  });

  it('is hidden where it is a secret', async () => {
    const { host } = await planned('web_password: hunter22');
    assert.equal(String(host.setting(web, 'web_password')), '***');
    assert.equal(host.setting(web, 'web_password')?.reveal(), 'hunter22');
  });

  it('is refused with its place where it does not fit, and only when it is read', async () => {
    const { host } = await planned('web_port: many, web_name: a');
    assert.equal(host.setting(web, 'web_name'), 'a');
    assert.throws(() => host.setting(web, 'web_port'), {
      kind: 'input',
      message: /variable web_port of role web must be integer/,
      where: { host: 'a', file: 'hosts.yml', line: 3, column: 10 },
    });
  });

  it('may be written by a name that it had before, with a warning', async () => {
    for (const before of ['site_port', 'http_port']) {
      const { host, warnings } = await planned(`${before}: 85`, [{}]);
      assert.equal(host.setting(web, 'web_port'), 85);
      assert.deepEqual(warnings, [`${before} is now called web_port (hosts.yml:3:10): rename it`]);
    }
    const { host, warnings } = await planned('', [{}], { extra: ['site_port=86'] });
    assert.equal(host.setting(web, 'web_port'), 86);
    assert.match(warnings.join(), /site_port is now called web_port/);
    assert.equal(await port('web_port: 81, site_port: 85', [{}]), 81, 'its own name comes first');
  });
});

describe('an unknown variable', () => {
  const shorter = defineRole({
    name: 'shop',
    description: 'x',
    prefix: 'shop_',
    otherPrefixes: ['shop_till_'],
    vars: {
      type: 'object',
      additionalProperties: false,
      properties: { shop_port: { type: 'integer', formerly: ['store_port'], description: 'x' } },
    },
    steps: [],
  });
  const check = (variable: string) =>
    plan(
      { plays: [{ name: 'p', hosts: 'all', roles: [shorter()] }] },
      parseInventory(`all:\n  hosts:\n    a: { ${variable}: 1 }\n`, 'hosts.yml'),
      noExtraVars,
      {},
    );

  it('is a mistake where it begins as those of a role, and not where another role may own it', () => {
    check('shop_port');
    check('shop_till_count');
    check('shopping');
    assert.throws(() => check('shop_prot'), /unknown variable shop_prot for role shop/);
  });

  it('is a mistake where it is a typing error in a former name', () => {
    check('store_port');
    check('store_portfolio');
    assert.throws(() => check('store_prot'), {
      message: /unknown variable store_prot for role shop/,
      next: 'did you mean "store_port"?',
    });
  });
});
