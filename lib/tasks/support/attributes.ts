import type { Change } from '../../model/task.ts';
import { lines, type Script, sh } from '../../util/sh.ts';
import type { Existing } from './entry.ts';

/** Who a file or directory belongs to and who may use it. What is left out stays as it is. */
export interface Attributes {
  /** A name, or a numeric id as text. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Octal permission bits as text, as in `'0644'`. */
  readonly mode?: string | undefined;
}

/** Throws when an owner, group or mode can't be one. */
export function validateAttributes({ owner, group, mode }: Attributes): void {
  for (const [what, name] of [
    ['owner', owner],
    ['group', group],
  ] as const) {
    if (name !== undefined && !/^[^\s:/-][^:/\n]*$/.test(name))
      throw new Error(`${what} '${name}' is not a name`);
  }
  if (mode !== undefined && !/^0?[0-7]{3,4}$/.test(mode)) {
    throw new Error(`mode '${mode}' is not octal text such as '0644'`);
  }
}

/** Permission bits as four octal digits. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** Which attributes differ. */
export function attributeChanges(now: Existing, want: Attributes): Change[] {
  const changes: Change[] = [];
  if (want.owner !== undefined && !isNamed(want.owner, now.user, now.uid)) {
    changes.push({ what: 'owner', from: nameOf(now.user, now.uid), to: want.owner });
  }
  if (want.group !== undefined && !isNamed(want.group, now.group, now.gid)) {
    changes.push({ what: 'group', from: nameOf(now.group, now.gid), to: want.group });
  }
  if (want.mode !== undefined && Number.parseInt(want.mode, 8) !== now.mode) {
    changes.push({ what: 'mode', from: octal(now.mode), to: octal(Number.parseInt(want.mode, 8)) });
  }
  return changes;
}

/** Sets the attributes of what `target` (a quoted word) names; nothing when none is given. */
export function setAttributes(target: Script, { owner, group, mode }: Attributes): Script | undefined {
  const ownership = [owner ?? '', group === undefined ? '' : `:${group}`].join('');
  if (ownership === '' && mode === undefined) return undefined;
  // Ownership first: a change of it clears the set-user-id bits.
  return lines(
    ownership !== '' && sh`chown ${ownership} ${target}`,
    mode !== undefined && sh`chmod ${mode} ${target}`,
  );
}

function isNamed(wanted: string, name: string, id: number): boolean {
  return /^\d+$/.test(wanted) ? Number(wanted) === id : wanted === name;
}

function nameOf(name: string, id: number): string {
  return name === 'UNKNOWN' || name === '' ? String(id) : name;
}
