import assert from 'node:assert/strict';
import { type RoleHost, Secret, type StepContext, secret, type Task } from '../../../lib/index.ts';
import { askBroker, type Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/cookie.ts';
import { erlangCookie } from '../../../roles/erlang-cookie/index.ts';
import { answer, defaultsOf, down, known, running } from '../domain/rabbitmq/nodes.ts';

const { definition } = erlangCookie;

function host(name: string, vars: Partial<Vars> = {}): RoleHost<Vars> {
  const defaults = defaultsOf(definition.vars.properties) as unknown as Vars;
  return { ...known(name, '192.0.2.11'), vars: { ...defaults, ...vars } };
}

/** What a host answers: about its broker, else its cookie. */
const answerOf = (asks: string, cookie: string, node: Snapshot) =>
  asks === askBroker.name ? answer(node) : { code: 0, stdout: cookie, stderr: '' };

/** The tasks of each host, when these hosts hold these cookies, and blank brokers where nothing else is said. */
async function layout(
  hosts: readonly RoleHost<Vars>[],
  held: Readonly<Record<string, string | undefined>>,
  nodes: Readonly<Record<string, Snapshot>> = {},
) {
  const context: Partial<StepContext<Vars>> = {
    hosts,
    playHosts: hosts,
    query: async (asked, { parse, name: asks }) =>
      new Map(
        asked
          .filter(({ name }) => name in held)
          .map(({ name }) => {
            const node = nodes[name] ?? down(name, [], 0, false);
            return [name, parse(answerOf(asks, held[name] ?? '', node))] as const;
          }),
      ),
  };
  const [step] = definition.steps;
  assert.ok(step);
  const lay = await step(context as StepContext<Vars>);
  return (name: string) => lay(hosts.find((each) => each.name === name) ?? host(name));
}

const wanted = (tasks: readonly Task[]) =>
  tasks.find(({ type }) => type === 'erlang-cookie')?.claims['file /var/lib/rabbitmq/.erlang.cookie'];
const fingerprint = (value: string) => secret(value).fingerprint();

describe('the role erlang-cookie', () => {
  it('gives all hosts the cookie that was given, else the chosen one', async () => {
    const given = [host('a', { erlang_cookie: secret('GIVEN') }), host('b')];
    const one = await layout(given, { a: 'A\n', b: 'B' });
    assert.equal(wanted(one('a')), fingerprint('GIVEN'));
    assert.equal(wanted(one('b')), fingerprint('GIVEN'));
    const other = await layout([host('a'), host('b')], { a: 'A\n', b: 'B' });
    assert.equal(wanted(other('b')), fingerprint('A'));
    const named = { erlang_cookie_seed: 'b' };
    const third = await layout([host('a', named), host('b', named)], { a: 'A', b: 'B' });
    assert.equal(wanted(third('a')), fingerprint('B'));
  });

  it('gives blank hosts the cookie of the one that has data, unless it is told otherwise', async () => {
    const hosts = [host('a'), host('b'), host('c')];
    const held = { a: 'A', b: 'A', c: 'C' };
    const nodes = { c: running('c', { queues: 1 }) };
    assert.equal(wanted((await layout(hosts, held, nodes))('a')), fingerprint('C'));
    const seeded = hosts.map(({ name }) => host(name, { erlang_cookie_seed: 'a' }));
    assert.equal(wanted((await layout(seeded, held, nodes))('c')), fingerprint('A'));
    const given = hosts.map(({ name }) => host(name, { erlang_cookie: secret('GIVEN') }));
    assert.equal(wanted((await layout(given, held, nodes))('c')), fingerprint('GIVEN'));
  });

  it('installs the broker first, unless told not to, and gives root the cookie when told to', async () => {
    const hosts = [host('a', { erlang_install: false }), host('b', { erlang_cookie_root: true })];
    const tasks = await layout(hosts, { a: 'A' });
    assert.deepEqual(
      tasks('a').map(({ type }) => type),
      ['erlang-cookie'],
    );
    assert.deepEqual(
      tasks('b').map(({ title }) => title),
      [
        'package rabbitmq-server',
        'Erlang cookie /var/lib/rabbitmq/.erlang.cookie',
        'file /root/.erlang.cookie',
      ],
    );
    assert.ok(!JSON.stringify(tasks('b').map(({ claims }) => claims)).includes('"A"'));
  });

  it('lays the cookie before the package that brings a broker, which starts it at once', async () => {
    const hosts = [host('a'), host('b'), host('c', { erlang_install: false })];
    const tasks = await layout(hosts, { a: 'A', b: 'missing', c: 'missing' });
    const types = (name: string) => tasks(name).map(({ type }) => type);
    assert.deepEqual(types('a'), ['package', 'erlang-cookie']);
    assert.deepEqual(types('b'), ['erlang-cookie-early', 'package', 'erlang-cookie']);
    assert.deepEqual(types('c'), ['erlang-cookie']);
  });

  it('refuses a seed that is no host of the play', () => {
    const hosts = [host('a', { erlang_cookie_seed: 'hadoop9' })];
    assert.throws(
      () => definition.validate?.(hosts, { playHosts: hosts, group: () => [] }),
      /hadoop9, which is no host of this play/,
    );
  });

  it('keeps a cookie it read a secret', async () => {
    const seen: unknown[] = [];
    const [step] = definition.steps;
    const context: Partial<StepContext<Vars>> = {
      hosts: [host('a')],
      playHosts: [host('a')],
      query: async (_, { parse, name }) => {
        const value = parse(answerOf(name, 'C00KIE\n', running('a')));
        if (name !== askBroker.name) seen.push(value);
        return new Map([['a', value]]);
      },
    };
    await step?.(context as StepContext<Vars>);
    assert.ok(seen[0] instanceof Secret);
    assert.equal(seen[0].reveal(), 'C00KIE');
  });
});
