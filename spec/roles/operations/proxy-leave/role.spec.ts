import assert from 'node:assert/strict';
import type { GateContext, NoVars, RoleHost } from '../../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../../lib/run/handoffs.ts';
import { anotherProxyIsReady, proxyLeave } from '../../../../roles/operations/proxy-leave/index.ts';
import { context, known } from '../../domain/rabbitmq/nodes.ts';

const { steps } = proxyLeave({ host: 'p1' });
const hosts: readonly RoleHost<NoVars>[] = [{ ...known('p2', '192.0.2.12'), vars: {} }];

/** The tasks of a step, when these hosts can be reached. */
async function step(index: number, there: readonly string[]) {
  const asked = context(hosts, {}, { check: true });
  const query = async <T>(of: readonly { readonly name: string }[], question: { parse(reply: never): T }) =>
    new Map(
      of.filter(({ name }) => there.includes(name)).map(({ name }) => [name, question.parse({} as never)]),
    );
  const layout = await steps[index]?.({
    ...asked.context,
    query: query as typeof asked.context.query,
  });
  assert.ok(layout && hosts[0]);
  const tasks = layout(hosts[0]).map(({ title, options }) => ({ title, on: options.on, once: options.once }));
  return { tasks, warnings: asked.warnings };
}

describe('the operation proxy-leave', () => {
  it('stops Keepalived first and HAProxy after it, on the proxy that leaves', async () => {
    const on = { on: 'p1', once: true };
    assert.deepEqual((await step(0, ['p1'])).tasks, [{ title: 'service keepalived stopped', ...on }]);
    assert.deepEqual((await step(1, ['p1'])).tasks, [{ title: 'service haproxy stopped', ...on }]);
  });

  it('passes a host over that is gone', async () => {
    const { tasks, warnings } = await step(0, []);
    assert.deepEqual(tasks, []);
    assert.match(warnings.join(), /p1 can't be reached/);
  });

  it('begins only when another proxy is ready', async () => {
    const said = (words: Readonly<Record<string, string>>): GateContext => ({
      moment: 'before',
      ...handoffContext(new Handoffs()),
      next: [],
      check: false,
      playHosts: [known('p2', '192.0.2.12'), known('p3', '192.0.2.13')],
      group: () => [],
      async query(of, question) {
        return new Map(
          of.flatMap(({ name }) => {
            const stdout = words[name];
            return stdout === undefined
              ? []
              : [[name, question.parse({ code: 0, stdout, stderr: '' })] as const];
          }),
        );
      },
    });
    assert.deepEqual(await anotherProxyIsReady.check(said({ p2: '', p3: 'HAProxy does not answer' })), []);
    assert.deepEqual(await anotherProxyIsReady.check(said({ p2: 'keepalived does not run' })), [
      'p2: keepalived does not run',
      "p3: it can't be reached",
    ]);
  });
});
