import assert from 'node:assert/strict';
import type { Reply } from '../../lib/model/fact.ts';
import type { Task } from '../../lib/model/task.ts';
import type { Sandbox } from './sandbox.ts';

/** Asks tasks of one kind all together. Undefined when the answer fits nobody. */
export async function askJointly(
  sandbox: Sandbox,
  tasks: readonly Task[],
): Promise<readonly Reply[] | undefined> {
  const [first] = tasks;
  const items = tasks.flatMap(({ probe }) => (probe.joint ? [probe.joint.item] : []));
  assert.ok(first?.probe.joint, 'the first task has nothing to be asked jointly');
  assert.equal(items.length, tasks.length, 'a task has nothing to be asked jointly');
  const { probe } = first.probe.joint;
  return probe.split(await sandbox.run(probe.script(items)), items);
}

/** What a task makes of an answer: what would change, or why it can't tell. */
export function verdict(task: Task, reply: Reply | undefined): unknown {
  assert.ok(reply, `${task.title} was not answered`);
  try {
    return task.assess(reply, []).changes;
  } catch (thrown) {
    return { throws: thrown instanceof Error ? thrown.message : thrown };
  }
}

/** Sees to it that each task makes of its part of the joint answer what it makes of its own. @returns the verdicts */
export async function sameVerdicts(sandbox: Sandbox, tasks: readonly Task[]): Promise<readonly unknown[]> {
  const together = await askJointly(sandbox, tasks);
  assert.equal(together?.length, tasks.length);
  const alone: unknown[] = [];
  for (const task of tasks) alone.push(verdict(task, await sandbox.run(task.probe.script)));
  assert.deepEqual(
    tasks.map((task, i) => [task.title, verdict(task, together[i])]),
    tasks.map((task, i) => [task.title, alone[i]]),
  );
  return alone;
}
