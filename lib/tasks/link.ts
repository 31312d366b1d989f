import { defineFact, type Reply } from '../model/fact.ts';
import { type Change, defineTask, type Pending, type TaskType } from '../model/task.ts';
import { type Script, sh } from '../util/sh.ts';
import { besideName, hostPath } from './support/paths.ts';
import { requireParent } from './support/pending.ts';

/** A symbolic link. */
export interface LinkWant {
  /** Absolute; where the link stands. */
  readonly path: string;
  /** What it says, absolute or relative to its own directory; need not exist. */
  readonly to: string;
  /** Replace a file or an empty directory that stands there. */
  readonly force?: boolean | undefined;
}

/** What stands at the path, and what a link there says. */
export interface LinkState {
  readonly kind: 'link' | 'directory' | 'other' | 'absent' | 'orphan';
  readonly to?: string | undefined;
}

export const linkType: TaskType<LinkWant, LinkState> = {
  name: 'link',
  title: ({ path, to }) => `link ${path} → ${to}`,
  claims: ({ path, to }) => ({ [`file ${hostPath(path)}`]: `link → ${to}` }),
  validate({ path, to }) {
    if (hostPath(path) === '/') throw new Error(`'/' can't be a link`);
    if (to === '' || to.includes('\0')) throw new Error(`link ${path} needs something to point to`);
    if (to.endsWith('\n')) throw new Error(`link ${path} can't point to a name that ends with a newline`);
  },
  fact: ({ path }) =>
    defineFact({
      name: `link ${path}`,
      script: sh`p=${hostPath(path)}
if [ -L "$p" ]; then echo link; readlink -- "$p"
elif [ -d "$p" ]; then echo directory
elif [ -e "$p" ]; then echo other
elif [ -d "\${p%/*}/" ]; then echo absent
else echo orphan; fi`,
      parse: (reply) => parse(reply, path),
    }),
  diff,
  apply,
};

/** A symbolic link, replaced in one step. */
export const link = defineTask(linkType);

function parse({ stdout }: Reply, path: string): LinkState {
  const [kind, ...to] = stdout.split('\n');
  if (kind === 'link') return { kind, to: to.join('\n') };
  if (kind === 'directory' || kind === 'other' || kind === 'absent' || kind === 'orphan') return { kind };
  throw new Error(`the host gave no answer about ${path} that makes sense: '${stdout}'`);
}

function diff({ kind, to }: LinkState, want: LinkWant, pending: readonly Pending[]): readonly Change[] {
  if (kind === 'orphan') requireParent({ kind }, hostPath(want.path), pending);
  if (kind === 'link') return to === want.to ? [] : [{ what: 'target', from: to, to: want.to }];
  if (kind === 'absent' || kind === 'orphan') return [{ what: 'link', from: 'absent', to: want.to }];
  const what = kind === 'directory' ? 'a directory' : 'a file';
  if (!want.force) throw new Error(`${want.path} is ${what}: say force: true to replace it by a link`);
  return [{ what: 'link', from: what, to: want.to }];
}

function apply(want: LinkWant, _changes: readonly Change[], { kind }: LinkState): Script {
  const path = hostPath(want.path);
  const parent = path.slice(0, path.lastIndexOf('/') + 1);
  const beside = `${parent}${besideName(path)}link`;
  const clear =
    kind === 'directory' ? sh`if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir -- ${path}; fi` : sh`:`;
  return sh`if [ ! -d ${parent} ]; then printf "the directory %s doesn't exist\n" ${parent} >&2; exit 1; fi
rm -f -- ${beside}
ln -s -- ${want.to} ${beside}
${clear}
mv -fT -- ${beside} ${path}`;
}
