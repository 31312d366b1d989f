import { defineFact, type Reply } from '../model/fact.ts';
import { type Change, defineTask, type TaskType } from '../model/task.ts';
import { type Script, sh } from '../util/sh.ts';
import { ACCOUNT, validateName } from './support/names.ts';

/** A group of users. */
export interface GroupWant {
  readonly name: string;
  readonly gid?: number | undefined;
  /** When it is new: give it a number from the system's range. */
  readonly system?: boolean | undefined;
  readonly state?: 'present' | 'absent' | undefined;
}

/** The group's number; undefined when there is none. */
export interface GroupState {
  readonly gid?: number | undefined;
}

export const groupType: TaskType<GroupWant, GroupState> = {
  name: 'group',
  title: ({ name, state }) => `group ${name}${state === 'absent' ? ' absent' : ''}`,
  claims: ({ name, state = 'present', gid = '' }) => ({ [`group ${name}`]: `${state} ${gid}`.trim() }),
  validate: ({ name }) => validateName('group', name, ACCOUNT),
  fact: ({ name }) =>
    defineFact({
      name: `group ${name}`,
      script: sh`getent group ${name} || echo absent`,
      parse: (reply) => parse(reply, name),
    }),
  diff,
  apply,
};

/** A group, present or absent. */
export const group = defineTask(groupType);

function parse({ stdout }: Reply, name: string): GroupState {
  if (stdout === 'absent') return {};
  const gid = /^[^:]+:[^:]*:(\d+):/.exec(stdout)?.[1];
  if (gid === undefined)
    throw new Error(`the host gave no answer about group ${name} that makes sense: '${stdout}'`);
  return { gid: Number(gid) };
}

function diff({ gid }: GroupState, want: GroupWant): readonly Change[] {
  if (want.state === 'absent')
    return gid === undefined ? [] : [{ what: 'group', from: 'present', to: 'absent' }];
  if (gid === undefined) return [{ what: 'group', from: 'absent', to: 'present' }];
  if (want.gid === undefined || want.gid === gid) return [];
  return [{ what: 'gid', from: String(gid), to: String(want.gid) }];
}

function apply(
  { name, gid, system, state }: GroupWant,
  _changes: readonly Change[],
  now: GroupState,
): Script {
  if (state === 'absent') return sh`groupdel ${name}`;
  const number = gid === undefined ? [] : ['-g', gid];
  if (now.gid !== undefined) return sh`groupmod ${number} ${name}`;
  return sh`groupadd ${[...(system ? ['-r'] : []), ...number, name]}`;
}
