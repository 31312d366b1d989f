import assert from 'node:assert/strict';
import type { Fact, NoVars, Reply, RoleHost } from '../../../../lib/index.ts';
import type { Health } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import { rabbitForget } from '../../../../roles/operations/rabbit-forget/index.ts';
import type { Params } from '../../../../roles/operations/rabbit-forget/params.ts';
import { context, known } from '../../domain/rabbitmq/nodes.ts';
import { packed } from '../../domain/rabbitmq/packed.ts';
import { a, b, c, health, queue } from '../../domain/rabbitmq/views.ts';

/** What is laid out for each host, when these brokers run and the third is lost. */
async function laidOut(views: Readonly<Record<string, Health>>, given: Partial<Params> = {}) {
  const hosts: readonly RoleHost<NoVars>[] = ['a', 'b'].map((name) => ({
    ...known(name, '192.0.2.1'),
    vars: {},
  }));
  const disk = (name: string): Reply => ({
    code: 0,
    stdout: `node=rabbit@${name}\nunit=active\nrunning={ok, ${name in views}}\ncluster_nodes.config={['${a}','${b}','${c}'],['${a}','${b}','${c}']}.`,
    stderr: '',
  });
  const query = async <T>(of: readonly { readonly name: string }[], question: Fact<T>) =>
    new Map(
      of.flatMap(({ name }) => {
        const view = views[name];
        const reply = question.name === "the cluster's health" ? view && packed(view) : disk(name);
        return reply === undefined ? [] : [[name, question.parse(reply)] as const];
      }),
    );
  const layout = await rabbitForget({ node: c, ...given }).steps[0]?.({
    ...context(hosts, {}).context,
    query,
  });
  assert.ok(layout);
  return Object.fromEntries(hosts.map((host) => [host.name, layout(host).map(({ type }) => type)]));
}

describe('the operation rabbit-forget', () => {
  const lost = { up: [a, b] };

  it('takes its queues from a lost node, then has one of those that run forget it', async () => {
    const views = { a: health(lost), b: health({ node: b, ...lost }) };
    assert.deepEqual(await laidOut(views), { a: ['without-members', 'rabbit-forgotten'], b: [] });
    assert.deepEqual(await laidOut({ b: health({ node: b, ...lost }) }), {
      a: [],
      b: ['without-members', 'rabbit-forgotten'],
    });
  });

  it('leaves a node alone that runs, by the word of others where nobody can ask it', async () => {
    await assert.rejects(laidOut({ a: health() }), /rabbit@c runs: a node that runs is not forgotten/);
  });

  it('refuses to lose what only the lost node has, unless it may go', async () => {
    for (const type of ['quorum', 'stream', 'classic'] as const) {
      const views = { a: health({ ...lost, queues: [queue({ type, members: [c], online: [] })] }) };
      await assert.rejects(laidOut(views), /q would be lost: rabbit@c alone has it/);
      assert.equal((await laidOut(views, { queues: true })).a?.length, 2);
    }
  });

  it('needs somebody who runs, or to be told that nobody does', async () => {
    await assert.rejects(laidOut({}), /so that nobody can forget it/);
    assert.deepEqual(await laidOut({}, { offline: true }), {
      a: ['service', 'rabbit-forgotten-offline'],
      b: [],
    });
    await assert.rejects(laidOut({ a: health(lost) }, { offline: true }), /rabbit@a runs: what/);
  });
});
