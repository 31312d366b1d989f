import { type Script, sh } from '../util/sh.ts';
import type { Reply } from './fact.ts';
import type { Handler, Task } from './task.ts';

/** Where a host remembers what it still owes: one empty file a handler. */
const OWED = '/var/lib/ts-play/owed';

/** The type of the task that runs pending handlers at its place. */
export const FLUSH = 'flush handlers';

/** The handlers that some task of the list notifies, each once, in order of first mention. */
export function handlersOf(tasks: readonly Task[]): readonly Handler[] {
  const byName = new Map<string, Handler>();
  for (const handler of tasks.flatMap(notified))
    if (!byName.has(handler.name)) byName.set(handler.name, handler);
  return [...byName.values()];
}

/** The handlers that one task notifies. */
export function notified(task: Task): readonly Handler[] {
  const { notify = [] } = task.options;
  return 'name' in notify ? [notify] : notify;
}

/** Writes down, before a change is made, that its handlers are owed from now on. */
export function owe(role: string, handlers: readonly Handler[]): Script | undefined {
  if (handlers.length === 0) return undefined;
  return sh`mkdir -p ${OWED}
touch -- ${handlers.map((handler) => markerPath(role, handler))}`;
}

/** A handler as a task: its state is the marker, and it is converged when nothing is owed. */
export function handlerTask(role: string, handler: Handler): Task {
  const marker = markerPath(role, handler);
  return {
    type: 'handler',
    title: handler.name,
    always: false,
    options: handler.timeLimit === undefined ? {} : { timeLimit: handler.timeLimit },
    claims: {},
    probe: { script: sh`if [ -e ${marker} ]; then echo owed; fi` },
    assess: ({ stdout }) => ({
      changes: stdout === 'owed' ? [{ what: 'owed', to: 'run' }] : [],
      apply: () => ({
        // In a subshell: an `exit 0` in the handler must not keep the marker.
        script: sh`(
:
${handler.script}
)
rm -f -- ${marker}`,
      }),
    }),
  };
}

/** Asks what the host still owes, whichever role it is of. */
export const askOwed = sh`ls -A -- ${OWED} 2>/dev/null || :`;

/** Reads the answer: `restart web (role site)` each. */
export function readOwed({ stdout }: Reply): readonly string[] {
  return stdout.split('\n').flatMap((file) => {
    const [, role, handler] = /^(.+?)--(.+)$/.exec(file) ?? [];
    return role === undefined || handler === undefined ? [] : [`${named(handler)} (role ${named(role)})`];
  });
}

function markerPath(role: string, handler: Handler): string {
  return `${OWED}/${fileName(role)}--${fileName(handler.name)}`;
}

/** Different names stay different: a handler that takes another one's marker away would lose it. */
function fileName(name: string): string {
  const hex = (char: string) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return name.replaceAll(/[^A-Za-z0-9._-]/gu, hex);
}

/** The name that {@link fileName} was given. */
function named(file: string): string {
  return file.replaceAll(/(?:%[0-9a-f]{2})+/g, (hex) =>
    Buffer.from(hex.replaceAll('%', ''), 'hex').toString(),
  );
}
