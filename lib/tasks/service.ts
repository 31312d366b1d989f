import { defineFact, type JointProbe, type Reply } from '../model/fact.ts';
import {
  type Change,
  defineTask,
  type Pending,
  type Task,
  type TaskOptions,
  type TaskType,
} from '../model/task.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import { UNIT, validateName } from './support/names.ts';
import { shortName, unitFiles, unitFunctions, unitName, unitPending } from './support/unit.ts';

/** A systemd unit. What is left out stays as it is. */
export interface ServiceWant {
  /** `.service` may be left out; other kinds of unit name theirs. */
  readonly name: string;
  /** `restarted` and `reloaded` happen, and count as changed, in every run: a handler is the better way. */
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  /** Started at boot. */
  readonly enabled?: boolean | undefined;
  /** Kept from being started by anything. */
  readonly masked?: boolean | undefined;
}

/** What systemd says of the unit: properties by name, such as `ActiveState`. */
export interface ServiceState {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  /** `enabled`, `disabled`, `static`, `masked`, … */
  readonly file: string;
  readonly type: string;
  readonly remains: boolean;
  readonly needsReload: boolean;
  /** There is a unit file that systemd has not read yet. */
  readonly unread: boolean;
}

const PROPERTIES = 'LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,Type,RemainAfterExit';

export const serviceType: TaskType<ServiceWant, ServiceState> = {
  name: 'service',
  title: ({ name, state }) => `service ${shortName(name)}${state ? ` ${state}` : ''}`,
  claims: ({ name, state, enabled, masked }) => ({
    [`service ${shortName(name)}`]: [
      state,
      enabled === undefined ? '' : enabled ? 'enabled' : 'disabled',
      masked === undefined ? '' : masked ? 'masked' : 'unmasked',
    ]
      .filter(Boolean)
      .join(' '),
  }),
  validate({ name, state, enabled, masked }) {
    validateName('unit', name, UNIT);
    if (masked && (enabled || (state !== undefined && state !== 'stopped'))) {
      throw new Error(`service ${name} can't be masked and run as well`);
    }
    if (state === undefined && enabled === undefined && masked === undefined) {
      throw new Error(`service ${name} needs state, enabled or masked`);
    }
  },
  fact: ({ name }) =>
    defineFact({
      name: `service ${shortName(name)}`,
      script: sh`s=$(systemctl show -p ${PROPERTIES} -- ${unitName(name)})
printf '%s\n' "$s"
case $s in *LoadState=not-found*)
  for f in ${unitFiles(name)}; do
    if [ -e "$f" ]; then echo Unread=yes; break; fi
  done ;;
esac`,
      joint: { probe: jointUnits, item: [name] },
      parse: (reply) => parse(reply, name),
    }),
  diff,
  apply,
};

/** One `systemctl`, which costs as much for many units as for one. */
const jointUnits: JointProbe = {
  name: 'units',
  script: (items) =>
    lines(
      sh`systemctl show -p ${PROPERTIES} -- ${items.map(([name = '']) => unitName(name))}`,
      ...items.map(
        ([name = ''], i) => sh`for f in ${unitFiles(name)}; do
  if [ -e "$f" ]; then echo ${`file ${i}`}; break; fi
done`,
      ),
    ),
  split({ code, stdout, stderr }, items) {
    const files = new Set(/(?:\n?file \d+)*$/.exec(stdout)?.[0].split('\n'));
    const blocks = stdout.replace(/(?:\n?file \d+)*$/, '').split('\n\n');
    if (blocks.length !== items.length || !blocks.every((block) => block.includes('LoadState=')))
      return undefined;
    return blocks.map((block, i) => {
      const unread = block.includes('LoadState=not-found') && files.has(`file ${i}`);
      return { code, stdout: unread ? `${block}\nUnread=yes` : block, stderr };
    });
  },
};

const lasting = defineTask(serviceType);
const everyTime = defineTask<ServiceWant, ServiceState>({ ...serviceType, always: true });

/** A systemd unit: running, enabled, masked. Reloads systemd when the unit file changed, and waits for the effect. */
export function service(want: ServiceWant, options?: TaskOptions): Task {
  const again = want.state === 'restarted' || want.state === 'reloaded';
  return (again ? everyTime : lasting)(want, options);
}

function parse({ stdout, stderr }: Reply, name: string): ServiceState {
  const values = new Map(
    stdout.split('\n').map((row) => [row.replace(/=.*/, ''), row.replace(/^[^=]*=?/, '')]),
  );
  const load = values.get('LoadState');
  if (load === undefined) throw new Error(`systemd gave no answer about ${name}: ${stderr || stdout}`);
  return {
    load,
    active: values.get('ActiveState') ?? '',
    sub: values.get('SubState') ?? '',
    file: values.get('UnitFileState') ?? '',
    type: values.get('Type') ?? '',
    remains: values.get('RemainAfterExit') === 'yes',
    needsReload: values.get('NeedDaemonReload') === 'yes',
    unread: values.get('Unread') === 'yes',
  };
}

function diff(now: ServiceState, want: ServiceWant, pending: readonly Pending[]): readonly Change[] {
  const { name, state, enabled, masked } = want;
  const filePending = unitPending(pending, name, true);
  const missing = now.load === 'not-found' && !now.unread;
  const needed = state === 'started' || state === 'restarted' || state === 'reloaded' || enabled === true;
  if (missing && needed && !filePending) throw new Error(`the host has no unit ${unitName(name)}`);
  if (now.load === 'masked' && needed && masked !== false) {
    throw new Error(`${unitName(name)} is masked: say masked: false to lift that`);
  }
  const changes: Change[] = [];
  const unread = now.unread || now.needsReload || (!missing && unitPending(pending, name, false));
  if (unread) changes.push({ what: 'unit file', from: 'not read', to: 'read' });
  const isMasked = now.load === 'masked' || now.file.startsWith('masked');
  if (masked !== undefined && masked !== isMasked) {
    changes.push({ what: 'masked', from: String(isMasked), to: String(masked) });
  }
  return [...changes, ...enabledChanges(now, want, missing), ...stateChanges(now, want)];
}

function enabledChanges({ file }: ServiceState, { name, enabled }: ServiceWant, missing: boolean): Change[] {
  if (enabled === undefined || (missing && !enabled)) return [];
  if (!enabled && file === 'generated') {
    throw new Error(
      `${unitName(name)} is made by a generator (an init script?) and can't be disabled by systemd`,
    );
  }
  // A unit without an [Install] section can't be enabled, nor is it ever disabled: others pull it in.
  const fixed = ['static', 'indirect', 'generated', 'transient', 'alias'].includes(file);
  const isEnabled = file === 'enabled';
  const isDisabled = !['enabled', 'enabled-runtime', 'linked', 'linked-runtime'].includes(file);
  if (fixed || (enabled ? isEnabled : isDisabled)) return [];
  return [{ what: 'enabled', from: file || 'absent', to: enabled ? 'enabled' : 'disabled' }];
}

function stateChanges({ active, sub, type, remains }: ServiceState, { name, state }: ServiceWant): Change[] {
  const from = sub && sub !== active ? `${active} (${sub})` : active;
  switch (state) {
    case undefined:
      return [];
    case 'stopped':
      return active === 'inactive' || active === 'failed' ? [] : [{ what: 'running', from, to: 'stopped' }];
    case 'started':
      if (type === 'oneshot' && !remains) {
        throw new Error(`${unitName(name)} runs once and ends, so it can't be kept started: use action()`);
      }
      return active === 'active' || active === 'reloading' ? [] : [{ what: 'running', from, to: 'started' }];
    default:
      return [{ what: state, from, to: state }];
  }
}

function apply(
  { name, enabled, masked }: ServiceWant,
  changes: readonly Change[],
  now: ServiceState,
): Script {
  const change = (what: string) => changes.some((each) => each.what === what);
  const goal = changes.find(({ what }) => what === 'running')?.to;
  const verb = change('restarted')
    ? 'restart'
    : change('reloaded')
      ? 'reload-or-restart'
      : goal === 'started'
        ? 'start'
        : undefined;
  const run = (verbs: string) => sh`systemctl --no-ask-password ${verbs} -- "$unit" </dev/null`;
  return lines(
    sh`(
${unitFunctions(name)}`,
    change('unit file') && sh`systemctl daemon-reload </dev/null`,
    change('masked') && !masked && run('unmask'),
    change('enabled') && run(enabled ? 'enable' : 'disable'),
    // A unit that failed too often is not started again before it is forgiven.
    verb && now.active === 'failed' && sh`${run('reset-failed')} || :`,
    verb && sh`${run(verb)} || { told; exit 1; }`,
    // A simple service counts as active before it had time to fail.
    verb && ['simple', 'exec', 'idle'].includes(now.type) && sh`sleep 0.3 2>/dev/null || sleep 1`,
    verb && (now.type !== 'oneshot' || now.remains) && sh`settle active`,
    goal === 'stopped' && sh`${run('stop')} || { told; exit 1; }`,
    goal === 'stopped' && sh`settle inactive`,
    change('masked') && masked && run('mask'),
    sh`)`,
  );
}
