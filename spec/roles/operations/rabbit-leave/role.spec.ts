import assert from 'node:assert/strict';
import type { Fact, NoVars, RoleHost } from '../../../../lib/index.ts';
import type { Health } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import type { Snapshot } from '../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { rabbitLeave } from '../../../../roles/operations/rabbit-leave/index.ts';
import { answer, appStopped, context, down, known, running } from '../../domain/rabbitmq/nodes.ts';
import { packed } from '../../domain/rabbitmq/packed.ts';
import { a, b, c, health, queue } from '../../domain/rabbitmq/views.ts';

const leave = rabbitLeave({ node: 'c' });
const hosts: readonly RoleHost<NoVars>[] = ['a', 'b'].map((name) => ({
  ...known(name, '192.0.2.11'),
  vars: {},
}));
const views = { a: health(), b: health({ node: b }) };

/** What is laid out for each host, with the host it is done on. */
async function laidOut(
  leaving: Snapshot | undefined,
  told: Readonly<Record<string, Health>> = views,
  check = false,
) {
  const asked = context(hosts, {}, { check });
  const query = async <T>(of: readonly { readonly name: string }[], question: Fact<T>) =>
    new Map(
      of.flatMap(({ name }) => {
        const view = told[name];
        const text = view && packed(view).stdout;
        const said = name === 'c' ? leaving && answer(leaving).stdout : text;
        return said === undefined
          ? []
          : [[name, question.parse({ code: 0, stdout: said, stderr: '' })] as const];
      }),
    );
  const layout = await leave.steps[0]?.({ ...asked.context, query });
  assert.ok(layout);
  const tasks = Object.fromEntries(
    hosts.map((host) => [
      host.name,
      layout(host).map(({ type, options: { on } }) => (on === undefined ? type : `${type} on ${on}`)),
    ]),
  );
  return { tasks, warnings: asked.warnings };
}

describe('the operation rabbit-leave', () => {
  const shrunk = ['members-kept', 'without-members', 'rabbit-forgotten'];
  const tidied = ['rabbit-reset on c', 'rabbit-stopped on c', 'service on c'];

  it('takes a living node out through one of those that stay, in order', async () => {
    const { tasks, warnings } = await laidOut(running('c', { members: [a, b, c], up: [a, b, c] }));
    assert.deepEqual(tasks, {
      a: [
        'members-kept',
        'rabbit-maintenance on c',
        'without-members',
        'rabbit-app-stopped on c',
        'rabbit-forgotten',
        ...tidied,
      ],
      b: [],
    });
    assert.deepEqual(warnings, []);
  });

  it('waits for members on the nodes that stay, where it holds some itself', async () => {
    const leaving = running('c', { members: [a, b, c], up: [a, b, c] });
    const held = { a: health({ queues: [queue()] }), b: health({ node: b }) };
    assert.deepEqual((await laidOut(leaving, held)).tasks.a?.slice(0, 4), [
      'members-kept',
      'until',
      'until',
      'rabbit-maintenance on c',
    ]);
    assert.ok(
      !(await laidOut(leaving, held, true)).tasks.a?.includes('until'),
      'check mode waits for nothing',
    );
  });

  it('speaks through a broker that runs', async () => {
    const { tasks } = await laidOut(down('c', [a, b, c]), { b: health({ node: b }) });
    assert.deepEqual(tasks, { a: [], b: [...shrunk, ...tidied] });
    await assert.rejects(laidOut(down('c', [a, b, c]), {}), /no broker that stays answers/);
    assert.deepEqual((await laidOut(down('c', [a, b, c]), {}, true)).tasks, { a: [], b: [] });
  });

  it('leaves maintenance mode out where the version has none', async () => {
    const old = running('c', { members: [a, b, c], up: [a, b, c], version: '3.8.5' });
    assert.ok(!(await laidOut(old)).tasks.a?.join().includes('maintenance'));
  });

  it('forgets a dead node and says what is left to do when its host is back', async () => {
    const { tasks, warnings } = await laidOut(undefined, { ...views, a: health({ up: [a, b] }) });
    assert.deepEqual(tasks.a, shrunk);
    assert.match(warnings.join(), /c can't be reached: when it is back, run this again/);
  });

  it('goes on where a run that was killed left off', async () => {
    const left = { members: [a, b], up: [a, b] };
    const after = { a: health(left), b: health({ node: b, ...left }) };
    for (const half of [appStopped('c', [a, b, c]), down('c', [a, b, c]), appStopped('c'), down('c')]) {
      assert.deepEqual((await laidOut(half, after)).tasks.a, ['rabbit-forgotten', ...tidied]);
    }
  });

  it('leaves a broker of its own alone', async () => {
    const left = { members: [a, b], up: [a, b] };
    const after = { a: health(left), b: health({ node: b, ...left }) };
    const { tasks, warnings } = await laidOut(running('c'), after);
    assert.deepEqual(tasks.a, ['rabbit-forgotten']);
    assert.match(warnings.join(), /a broker of its own, which is left alone/);
  });

  it('is not played on the host that leaves', () => {
    const wrong = [...hosts, { ...known('c', '192.0.2.13'), vars: {} }];
    assert.throws(() => leave.validate(wrong, { playHosts: wrong, group: () => [] }), /c is to leave/);
    leave.validate(hosts, { playHosts: hosts, group: () => [] });
  });
});
