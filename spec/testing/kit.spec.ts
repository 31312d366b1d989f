import assert from 'node:assert/strict';
import {
  type Assessment,
  type Connection,
  defineFact,
  defineRole,
  defineTask,
  type JointItem,
  type JointProbe,
  parseInventory,
  type Reply,
  type Script,
  sh,
  type Task,
  type TaskType,
  type Wait,
} from '../../lib/index.ts';
import {
  assertChanges,
  assertNoChanges,
  assertRefused,
  changesIn,
  convergeTwice,
  layOut,
  recorded,
  ScriptedHost,
} from '../../lib/testing/index.ts';

interface Flag {
  readonly name: string;
}

/** All flags of a host in one script. */
const flags: JointProbe = {
  name: 'flags',
  script: (items: readonly JointItem[]): Script => sh`flags ${items.flat()}`,
  split: ({ stdout, ...rest }: Reply, items) => {
    const lines = stdout.split('\n');
    return lines.length === items.length ? lines.map((line) => ({ ...rest, stdout: line })) : undefined;
  },
};

const isUp = (name: string) =>
  defineFact({
    name: `flag ${name}`,
    script: sh`flags ${name}`,
    joint: { probe: flags, item: [name] },
    parse: ({ stdout }) => stdout === 'up',
  });

/** A task type with everything that one can have, made from the public surface alone. */
const flagType: TaskType<Flag, boolean> = {
  name: 'flag',
  title: ({ name }) => `flag ${name}`,
  claims: ({ name }) => ({ [`flag ${name}`]: 'up' }),
  fact: ({ name }) => isUp(name),
  diff: (isUp) => (isUp ? [] : [{ what: 'up' }]),
  apply: ({ name }) => sh`raise ${name}`,
};
const flag = defineTask(flagType);
const waited = defineTask({ ...flagType, wait: (): Wait => ({ within: 1, every: 1 }) });

/** A host whose flags are a set. */
function flagHost(up = new Set<string>(), raises = true): Connection {
  return new ScriptedHost(({ code }) => {
    const [verb, ...names] = code.split('\n').at(-1)?.split(' ') ?? [];
    if (verb === 'raise' && raises) for (const name of names) up.add(name);
    return verb === 'flags' ? names.map((name) => (up.has(name) ? 'up' : 'down')).join('\n') : '';
  });
}

const inventory = parseInventory('all: { hosts: { h1: , h2: } }', 'hosts.yml');
const plays = (...tasks: readonly Task[]) => ({ plays: [{ name: 'p', hosts: 'h1', tasks }] });

describe('ts-play/testing', () => {
  const playbook = plays(flag({ name: 'a' }), flag({ name: 'b' }), waited({ name: 'a' }));
  const fails = { name: 'AssertionError' };

  it('converges twice a type of task that is made from the public surface alone', async () => {
    const host = flagHost(new Set(['b']));
    const { first, second } = await convergeTwice(playbook, { inventory, connect: async () => host });
    assert.deepEqual(changesIn(first), ['h1 flag a: up']);
    assertChanges(first, ['h1 flag a']);
    assertNoChanges(second);
    assert.throws(() => assertNoChanges(first), { ...fails, message: 'the run changed\n  h1 flag a: up' });
    assert.throws(() => assertChanges(first, ['h1 flag b']), {
      ...fails,
      message: /instead of\n {2}h1 flag b/,
    });
  });

  it('lets a task type be tried without a host', () => {
    const { changes, apply }: Assessment = flag({ name: 'a' }).assess(
      { code: 0, stdout: 'down', stderr: '' },
      [],
    );
    assert.deepEqual(changes, [{ what: 'up' }]);
    assert.equal(String(apply().script), 'raise a');
  });

  it('names the task that fails', async () => {
    const host = flagHost(new Set(), false);
    const failing = convergeTwice(plays(flag({ name: 'a' })), { inventory, connect: async () => host });
    await assert.rejects(failing, { ...fails, message: /^the first run ended with 2\n {2}h1 flag a: / });
  });

  it('names the task that is changed again', async () => {
    const always = defineTask<Flag, null>({
      name: 'always',
      always: true,
      title: ({ name }) => name,
      fact: () => defineFact({ name: 'nothing', script: sh`:`, parse: () => null }),
      diff: () => [{ what: 'run' }],
      apply: () => sh`:`,
    });
    const twice = convergeTwice(plays(always({ name: 'again' })), {
      inventory,
      connect: async () => flagHost(),
    });
    await assert.rejects(twice, { ...fails, message: 'the second run changed\n  h1 again: run' });
  });

  it('tells a question without a recorded answer', async () => {
    const host = new ScriptedHost(recorded([[/nothing/, '']]));
    const task = defineTask({
      ...flagType,
      fact: ({ name }) =>
        defineFact({
          name: `flag ${name}`,
          script: sh`flags ${name}`,
          parse: ({ code, stdout, stderr }) => {
            if (code !== 0) throw new Error(stderr);
            return stdout === 'up';
          },
        }),
    });
    const failing = convergeTwice(plays(task({ name: 'a' })), { inventory, connect: async () => host });
    await assert.rejects(failing, { ...fails, message: /no answer is recorded for: flags a/ });
  });

  it('is exact about refusals', async () => {
    const error = await assertRefused(() => layOut(role({ x_port: 0 }), { inventory }), { what: 'x_port' });
    assert.equal(error.kind, 'input');
    await assert.rejects(
      assertRefused(() => {}),
      { ...fails, message: 'it was not refused' },
    );
    const other = { what: /x_prot/ };
    await assert.rejects(
      assertRefused(() => layOut(role({ x_port: 0 }), { inventory }), other),
      fails,
    );
    await assert.rejects(
      assertRefused(() => Promise.reject(new Error('x'))),
      fails,
    );
  });

  const role = defineRole({
    name: 'x',
    description: 'Raises a flag that is called like the host’s kernel.',
    prefix: 'x_',
    vars: {
      type: 'object',
      additionalProperties: false,
      properties: { x_port: { type: 'integer', minimum: 1, default: 80, description: 'Its port.' } },
    },
    steps: [
      async ({ hosts, query, warn }) => {
        const kernels = await query(hosts, {
          name: 'kernel',
          script: sh`uname`,
          parse: ({ stdout }) => stdout,
        });
        warn(`${kernels.size} answered`);
        return ({ name, vars }) => [flag({ name: `${kernels.get(name)}-${vars.x_port}` })];
      },
    ],
  });

  it('lays out a role over recorded answers; a host that can’t answer leaves the play', async () => {
    const { titles, warnings } = await layOut(role(), {
      inventory,
      answer: (host, { name }) => (host === 'h1' ? `${name} 6` : null),
    });
    assert.deepEqual(titles, { h1: ['flag kernel 6-80'], h2: [] });
    assert.deepEqual(warnings, ['1 answered']);
  });

  it('refuses to lay out over an answer that is not recorded', async () => {
    await assert.rejects(layOut(role(), { inventory }), /no answer of h1 is recorded for "kernel": uname/);
  });
});
