import { defineFact, type Reply } from '../model/fact.ts';
import { type Change, type Claims, defineTask, type TaskType } from '../model/task.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import { textContent } from './support/content.ts';
import { validateName } from './support/names.ts';
import { replaceFile } from './support/replace.ts';

/** A setting of the running kernel, kept over a reboot by a file of its own under /etc/sysctl.d. */
export interface SysctlWant {
  /** As in `net.ipv4.ip_forward`; with slashes where a part holds a dot: `net/ipv4/conf/eth0.1/rp_filter`. */
  readonly name: string;
  /** Differences in white space don't count. */
  readonly value: string | number;
  /** False: set it for the running kernel only. */
  readonly persist?: boolean | undefined;
}

export interface SysctlState {
  /** As the kernel says; undefined when it has no such setting. */
  readonly running?: string | undefined;
  /** What the file says; undefined without one. */
  readonly persisted?: string | undefined;
}

export const sysctlType: TaskType<SysctlWant, SysctlState> = {
  name: 'sysctl',
  title: ({ name, value }) => `sysctl ${name} = ${value}`,
  claims,
  validate({ name, value }) {
    validateName('kernel setting', name, /^[A-Za-z0-9_][A-Za-z0-9_:*@./-]*$/);
    if (/(^|[./])([./]|$)/.test(name)) throw new Error(`'${name}' is not the name of a kernel setting`);
    if (plain(value) === '' || /[\0\n]/.test(String(value))) throw new Error(`sysctl ${name} needs a value`);
  },
  fact: ({ name }) =>
    defineFact({
      name: `kernel setting ${name}`,
      script: sh`printf 'running: '
cat ${running(name)} 2>/dev/null || echo absent
printf 'persisted: '
cat ${persisted(name)} 2>/dev/null || echo absent`,
      parse: (reply) => parse(reply, name),
    }),
  diff,
  apply,
};

/** A kernel setting, in the running kernel and after a reboot. */
export const sysctl = defineTask(sysctlType);

function claims({ name, value, persist = true }: SysctlWant): Claims {
  const own = { [`sysctl ${dotted(name)}`]: plain(value) };
  return persist ? { ...own, [`file ${persisted(name)}`]: `sysctl ${plain(value)}` } : own;
}

function parse({ stdout }: Reply, name: string): SysctlState {
  const [, now = '', kept = ''] = /^running: ([\s\S]*?)\npersisted: ([\s\S]*)$/.exec(stdout) ?? [];
  if (now === '' && kept === '')
    throw new Error(`the host gave no answer about ${name} that makes sense: '${stdout}'`);
  const assigned = kept
    .split('\n')
    .map((row) => /^\s*([^#;=\s][^=]*?)\s*=(.*)$/.exec(row))
    .findLast((found) => found && dotted(found[1] ?? '') === dotted(name));
  return {
    running: now === 'absent' ? undefined : plain(now),
    persisted: assigned ? plain(assigned[2] ?? '') : undefined,
  };
}

function diff(state: SysctlState, { name, value, persist = true }: SysctlWant): readonly Change[] {
  if (state.running === undefined) throw new Error(`the host's kernel has no setting ${name}`);
  const to = plain(value);
  const changes: Change[] = [];
  if (state.running !== to) changes.push({ what: 'running value', from: state.running, to });
  if (persist && state.persisted !== to)
    changes.push({ what: 'persisted value', from: state.persisted ?? 'absent', to });
  return changes;
}

function apply({ name, value }: SysctlWant, changes: readonly Change[]): Script {
  const has = (what: string) => changes.some((change) => change.what === what);
  return lines(
    has('running value') && sh`printf '%s\n' ${String(value)} >${running(name)}`,
    has('persisted value') &&
      replaceFile({
        path: persisted(name),
        content: textContent(`${name} = ${value}\n`),
        attributes: { mode: '0644' },
      }),
  );
}

function running(name: string): string {
  return `/proc/sys/${slashed(name)}`;
}

function persisted(name: string): string {
  return `/etc/sysctl.d/60-ts-play-${name.replaceAll('/', '.').replaceAll('*', '_')}.conf`;
}

/** As sysctl reads names: the separator that comes first is the one, the other swaps places with it. */
function slashed(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  return first === '/' ? name : name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
}

function dotted(name: string): string {
  return slashed(name).replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
}

function plain(value: string | number): string {
  return String(value).trim().replace(/\s+/g, ' ');
}
