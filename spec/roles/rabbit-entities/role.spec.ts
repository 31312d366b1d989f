import assert from 'node:assert/strict';
import { formatError, PlayError, type RoleHost, type StepContext } from '../../../lib/index.ts';
import type { Entities } from '../../../roles/domain/rabbitmq/facts/entities.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/entities.ts';
import { definedEntities, definitions } from '../../../roles/rabbit-entities/definitions.ts';
import { rabbitEntities } from '../../../roles/rabbit-entities/index.ts';
import { soughtBy } from '../../../roles/rabbit-entities/wanted.ts';
import { entities } from '../domain/rabbitmq/entity-state.ts';
import { answer, context, defaultsOf, down, known, running } from '../domain/rabbitmq/nodes.ts';
import { packed } from '../domain/rabbitmq/packed.ts';

const { definition } = rabbitEntities;
const host = (name: string, vars: Partial<Vars>, inventory = {}): RoleHost<Vars> => ({
  ...known(name, '192.0.2.11', inventory),
  vars: { ...(defaultsOf(definition.vars.properties) as unknown as Vars), ...vars },
});
const members = { members: ['rabbit@a', 'rabbit@b'], up: ['rabbit@a', 'rabbit@b'] };
const both = { a: running('a', members), b: running('b', members) };
const wish: Partial<Vars> = {
  rabbit_entities_vhosts: [{ name: 'v' }],
  rabbit_entities_users: [{ name: 'app' }],
};

async function titles(
  vars: Partial<Vars>,
  told: Partial<Entities> = {},
  rest: Partial<StepContext<Vars>> & { readonly nodes?: typeof both; readonly inventory?: object } = {},
) {
  const { nodes = both, inventory, ...others } = rest;
  const hosts = [host('a', vars, inventory), host('b', vars, inventory)];
  const { context: made, warnings } = context(hosts, nodes, {
    async query(asked, question) {
      const reply = (name: 'a' | 'b') =>
        question.name === 'what the cluster holds' ? packed(entities(told)) : answer(nodes[name]);
      return new Map(asked.map(({ name }) => [name, question.parse(reply(name as 'a' | 'b'))] as const));
    },
    ...others,
  });
  const layout = await definition.steps[1]?.(made);
  assert.ok(layout);
  return { titles: hosts.map((each) => layout(each).map(({ title }) => title)), warnings };
}

describe('the role rabbit-entities', () => {
  it('speaks through one member', async () => {
    assert.deepEqual((await titles(wish)).titles, [['virtual host v', 'user app'], []]);
    const first = await titles(wish, {}, { nodes: { ...both, a: down('a', members.members) } });
    assert.deepEqual(first.titles, [[], ['virtual host v', 'user app']]);
  });

  it('warns of what it leaves as it is, also where a definitions file wants it', async () => {
    const kept = {
      can: ['queueTypeOfVhost'],
      vhosts: [{ name: '/', description: '', tags: [], defaultQueueType: 'classic' }],
      held: [{ vhost: '/', now: 'classic', total: 1, names: ['old'] }],
    };
    const vhosts = [{ name: '/', default_queue_type: 'quorum' as const }];
    const { warnings } = await titles({ rabbit_entities_vhosts: vhosts }, kept);
    assert.match(warnings.join('|'), /^the default queue type .*\/ stays classic[^|]*$/);
    const file = definitions('d.json', definedEntities(JSON.stringify({ vhosts })));
    assert.match(file.kept?.(entities(kept)).join('|') ?? '', /^the default queue type[^|]*$/);
    assert.deepEqual(file.differences(entities(kept)), []);
    assert.deepEqual(soughtBy([file]).defaultTypes, [{ vhost: '/', type: 'quorum' }]);
  });

  it('asks nobody anything when nothing is wanted', async () => {
    const query = () => Promise.reject(new Error('asked'));
    assert.deepEqual((await titles({}, {}, { query })).titles, [[], []]);
  });

  it('tells all that can not be had at once, before anything is changed', async () => {
    const vars: Partial<Vars> = {
      rabbit_entities_permissions: [{ user: 'ghost', vhost: 'v', configure: '', write: '', read: '' }],
      rabbit_entities_feature_flags: ['nope'],
    };
    await assert.rejects(titles(vars), (error) => {
      assert.ok(error instanceof PlayError);
      assert.match(
        formatError(error),
        /for 3 reasons[\s\S]*host v, which[\s\S]*user ghost[\s\S]*no feature flag nope/,
      );
      return true;
    });
    const made = {
      ...vars,
      rabbit_entities_feature_flags: [],
      rabbit_entities_vhosts: [{ name: 'v' }],
      rabbit_entities_users: [{ name: 'ghost' }],
    };
    assert.equal((await titles(made)).titles[0]?.length, 3);
  });

  it('gives the administrator of rabbit-join permissions on what it is about to make', async () => {
    const inventory = { rabbit_admin_password: 'x', rabbit_admin_user: 'boss' };
    const boss = { ...(entities().users?.[0] ?? assert.fail()), name: 'boss' };
    const given = 'permissions of boss on v';
    assert.ok((await titles(wish, { users: [boss] }, { inventory })).titles[0]?.includes(given));
    assert.ok(!(await titles(wish, {}, { inventory })).titles[0]?.includes(given));
    assert.ok((await titles(wish, {}, { inventory, check: true })).titles[0]?.includes(given));
    const v = { name: 'v', description: '', tags: [], defaultQueueType: null };
    assert.ok(
      !(await titles(wish, { users: [boss], vhosts: [v] }, { inventory })).titles[0]?.includes(given),
    );
  });

  it('says in check mode what it can not tell', async () => {
    const off = { a: down('a', members.members), b: down('b', members.members) };
    const told = await titles(wish, {}, { nodes: off, check: true });
    assert.deepEqual(told.titles, [[], []]);
    assert.match(told.warnings[0] ?? '', /only be told in the run itself/);
  });

  it('refuses variables that contradict each other', () => {
    const validate = (vars: Partial<Vars>) =>
      definition.validate?.([host('a', vars)], { playHosts: [], group: () => [] });
    validate(wish);
    assert.throws(
      () => validate({ ...wish, rabbit_entities_users_absent: ['app'] }),
      /the user app is both wanted and to be absent/,
    );
    assert.throws(
      () => validate({ rabbit_entities_vhosts: [{ name: 'v' }, { name: 'v', tags: ['x'] }] }),
      /wanted in two ways/,
    );
    const permission = { user: 'u', vhost: 'v', configure: '', write: '', read: '' };
    assert.throws(
      () => validate({ rabbit_entities_permissions: [permission], rabbit_entities_vhosts_absent: ['v'] }),
      /virtual host v, which is to be absent/,
    );
    assert.throws(
      () => validate({ rabbit_entities_permissions: [permission], rabbit_entities_users_absent: ['u'] }),
      /user u, who is to be absent/,
    );
    assert.throws(() => validate({ rabbit_entities_definitions: ['/nowhere.json'] }), /can't be imported/);
  });
});
