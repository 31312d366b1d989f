import type { Pending } from '../../model/task.ts';
import { type Script, sh } from '../../util/sh.ts';
import { isPending } from './pending.ts';

/** A unit's full name: `.service` unless it says another kind. */
export function unitName(name: string): string {
  return /\.(service|socket|target|timer|mount|automount|swap|path|slice|scope|device)$/.test(name)
    ? name
    : `${name}.service`;
}

/** A unit's name as claims have it: without `.service`. */
export function shortName(name: string): string {
  return name.replace(/\.service$/, '');
}

const FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** The paths that may define the unit; an instance is defined by its template. */
export function unitFiles(name: string): readonly string[] {
  const unit = unitName(name);
  const template = unit.replace(/@[^@]+(\.[a-z]+)$/, '@$1');
  return FOLDERS.flatMap((folder) => [...new Set([unit, template])].map((file) => `${folder}/${file}`));
}

/** Whether an earlier task, not yet applied, is about to change the unit's file (`whole`) or anything about it. */
export function unitPending(pending: readonly Pending[], name: string, whole: boolean): boolean {
  const files = unitFiles(name);
  return isPending(
    pending,
    (claim, value) =>
      files.some((path) => claim === `file ${path}` && value !== 'absent') ||
      (!whole && files.some((path) => claim.startsWith(`file ${path}.d/`))),
  );
}

/** Shell functions: `told` shows the unit's state and last words; `settle WANTED` waits until it is there. */
export function unitFunctions(name: string): Script {
  return sh`unit=${unitName(name)}
told() { systemctl status --no-pager --full --lines=15 -- "$unit" >&2 </dev/null || :; }
state() { systemctl show -p ActiveState -- "$unit" </dev/null; }
settle() {
  tries=0
  while :; do
    case "$1 $(state)" in
      'active ActiveState=active' | 'inactive ActiveState=inactive' | 'inactive ActiveState=failed') return 0 ;;
      'active ActiveState=failed' | 'active ActiveState=inactive') break ;;
    esac
    tries=$((tries + 1))
    if [ "$tries" -ge 450 ]; then break; fi
    sleep 0.2 2>/dev/null || sleep 1
  done
  printf '%s is not %s\n' "$unit" "$1" >&2
  told
  return 1
}`;
}
