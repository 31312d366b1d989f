import { posix } from 'node:path';
import { defineFact, type Reply } from '../model/fact.ts';
import { type Change, defineTask, type TaskType } from '../model/task.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import {
  type Attributes,
  attributeChanges,
  setAttributes,
  validateAttributes,
} from './support/attributes.ts';
import { type Entry, entryProbe, exists, parseEntry } from './support/entry.ts';
import { jointEntry } from './support/joint-paths.ts';
import { hostPath } from './support/paths.ts';
import { relabel } from './support/replace.ts';

/** A directory; missing parents are made with mode 0755. A symbolic link to a directory counts as one. */
export interface DirectoryWant extends Attributes {
  /** Absolute. */
  readonly path: string;
  readonly state?: 'present' | 'absent' | undefined;
  /** With `state: 'absent'`: remove what is inside as well. */
  readonly recurse?: boolean | undefined;
}

/** What stands at the path; for `absent` also whether it may go: `full` holds something, `link` is a symbolic link. */
export type DirectoryState = Entry | { readonly kind: 'full' | 'empty' | 'link' };

export const directoryType: TaskType<DirectoryWant, DirectoryState> = {
  name: 'directory',
  title: ({ path, state }) => `directory ${path}${state === 'absent' ? ' absent' : ''}`,
  claims: ({ path, state, owner = '', group = '', mode = '' }) => ({
    [`file ${hostPath(path)}`]:
      state === 'absent' ? 'absent' : ['directory', owner, group, mode].filter(Boolean).join(' '),
  }),
  validate(want) {
    const path = hostPath(want.path);
    validateAttributes(want);
    if (want.recurse && want.state !== 'absent') throw new Error(`recurse goes with state: 'absent' only`);
    if (want.state === 'absent' && posix.dirname(path) === '/') throw new Error(`refusing to remove ${path}`);
  },
  fact: (want) => {
    const path = hostPath(want.path);
    const absent = want.state === 'absent';
    return defineFact({
      name: `directory ${path}`,
      script: absent ? absenceProbe(path) : entryProbe(path),
      joint: absent ? undefined : jointEntry(path),
      parse: (reply) => parse(reply, want),
    });
  },
  diff,
  apply,
};

/** A directory and its attributes, or its absence. */
export const directory = defineTask(directoryType);

function absenceProbe(path: string): Script {
  return sh`p=${path}
if [ -L "$p" ]; then echo link
elif [ -d "$p" ]; then
  answer=empty
  for f in "$p"/* "$p"/.[!.]* "$p"/..?*; do
    if [ -e "$f" ] || [ -L "$f" ]; then answer=full; break; fi
  done
  echo "$answer"
elif [ -e "$p" ]; then echo other
else echo absent; fi`;
}

function parse({ stdout }: Reply, { path, state }: DirectoryWant): DirectoryState {
  if (state !== 'absent') return parseEntry(stdout, path);
  if (stdout === 'full' || stdout === 'empty' || stdout === 'link') return { kind: stdout };
  if (stdout === 'other') throw new Error(`${path} is not a directory: use file({ state: 'absent' })`);
  return parseEntry(stdout, path);
}

function diff(now: DirectoryState, want: DirectoryWant): readonly Change[] {
  const { path, state, recurse } = want;
  if (state === 'absent') {
    if (now.kind === 'absent') return [];
    if (now.kind === 'link')
      throw new Error(`${path} is a symbolic link: use file({ state: 'absent' }) to remove it`);
    if (now.kind === 'full' && !recurse)
      throw new Error(`${path} is not empty: say recurse: true to remove it with all it holds`);
    return [{ what: 'directory', from: 'present', to: 'absent' }];
  }
  if (now.kind === 'dangling') throw new Error(`${path} is a symbolic link to nothing`);
  if (!('mode' in now)) return [{ what: 'directory', from: 'absent', to: 'present' }];
  if (now.kind !== 'directory') throw new Error(`${path} exists and is not a directory`);
  return attributeChanges(now, want);
}

function apply(want: DirectoryWant, _changes: readonly Change[], now: DirectoryState): Script {
  const path = hostPath(want.path);
  if (want.state === 'absent')
    return want.recurse ? sh`rm -rf -- ${path}` : sh`if [ -d ${path} ]; then rmdir -- ${path}; fi`;
  if ('mode' in now && exists(now)) return setAttributes(sh`${path}`, want) ?? sh`:`;
  // Closed until it has its owner and mode.
  return lines(
    sh`(umask 022; mkdir -p -- ${posix.dirname(path)})
[ -d ${path} ] || mkdir -m 0700 -- ${path}`,
    setAttributes(sh`${path}`, { ...want, mode: want.mode ?? '0755' }),
    relabel(sh`${path}`),
  );
}
