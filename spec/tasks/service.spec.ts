import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Pending } from '../../lib/model/task.ts';
import { type ServiceWant, service } from '../../lib/tasks/service.ts';
import { askJointly, sameVerdicts } from '../support/joint.ts';
import { applyOnce, converge, inEveryShell, look, type Sandbox } from '../support/sandbox.ts';

const ACTIVE = {
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  UnitFileState: 'enabled',
  NeedDaemonReload: 'no',
  Type: 'notify',
  RemainAfterExit: 'no',
};
type Answer = Partial<typeof ACTIVE & { Unread: string }>;
const MISSING: Answer = {
  LoadState: 'not-found',
  ActiveState: 'inactive',
  SubState: 'dead',
  UnitFileState: '',
};

function assess(want: Omit<ServiceWant, 'name'>, answer: Answer = {}, pending: readonly Pending[] = []) {
  const stdout = Object.entries({ ...ACTIVE, ...answer })
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
  return service({ name: 'web', ...want }).assess({ code: 0, stdout, stderr: '' }, pending);
}
const changes = (...args: Parameters<typeof assess>) =>
  assess(...args).changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`);
const up = { state: 'started', enabled: true } as const;

describe('service', () => {
  it('compares running and enabled', () => {
    assert.deepEqual(changes(up), []);
    assert.deepEqual(changes(up, { ActiveState: 'reloading' }), []);
    for (const [ActiveState, SubState] of [
      ['inactive', 'dead'],
      ['failed', 'failed'],
      ['activating', 'auto-restart'],
      ['deactivating', 'stop'],
    ] as const) {
      const from = ActiveState === SubState ? ActiveState : `${ActiveState} (${SubState})`;
      assert.deepEqual(changes(up, { ActiveState, SubState }), [`running: ${from} → started`]);
    }
    for (const UnitFileState of ['disabled', 'enabled-runtime', 'linked']) {
      assert.deepEqual(changes(up, { UnitFileState }), [`enabled: ${UnitFileState} → enabled`]);
    }
    for (const UnitFileState of ['static', 'indirect', 'generated', 'alias']) {
      assert.deepEqual(changes(up, { UnitFileState }), []);
    }
  });

  it('compares stopped and disabled', () => {
    const down = { state: 'stopped', enabled: false } as const;
    assert.deepEqual(
      changes(down),
      ['running: active (running) → stopped', 'enabled: enabled → disabled'].reverse(),
    );
    for (const ActiveState of ['inactive', 'failed']) {
      assert.deepEqual(changes(down, { ActiveState, UnitFileState: 'disabled' }), []);
    }
    assert.deepEqual(changes(down, MISSING), [], 'what is not there is stopped and disabled');
    assert.throws(() => changes({ enabled: false }, { UnitFileState: 'generated' }), /generator/);
  });

  it('reads a unit file that changed, or was not known yet', () => {
    assert.deepEqual(changes(up, { NeedDaemonReload: 'yes' }), ['unit file: not read → read']);
    assert.deepEqual(changes(up, { ...MISSING, Unread: 'yes' }), [
      'unit file: not read → read',
      'enabled: absent → enabled',
      'running: inactive (dead) → started',
    ]);
  });

  it('needs the unit, or one that is about to come', () => {
    for (const want of [{ state: 'started' }, { enabled: true }, { state: 'restarted' }] as const) {
      assert.throws(() => changes(want, MISSING), /no unit web\.service/);
    }
    const other = [{ task: 'f', claims: { 'file /etc/systemd/system/web2.service': 'x' } }];
    assert.throws(() => changes(up, MISSING, other), /no unit/);
    const unit = [{ task: 'f', claims: { 'file /etc/systemd/system/web.service': 'x' } }];
    assert.deepEqual(changes(up, MISSING, unit), [
      'enabled: absent → enabled',
      'running: inactive (dead) → started',
    ]);
    const template = [{ task: 'f', claims: { 'file /usr/lib/systemd/system/web@.service': 'x' } }];
    const instance = service({ name: 'web@one', state: 'started' });
    const stdout = 'LoadState=not-found\nActiveState=inactive';
    assert.equal(instance.assess({ code: 0, stdout, stderr: '' }, template).changes.length, 1);
  });

  it('foresees that a changed unit file or drop-in will have to be read', () => {
    for (const path of ['/etc/systemd/system/web.service', '/etc/systemd/system/web.service.d/limits.conf']) {
      const pending = [{ task: 'f', claims: { [`file ${path}`]: 'x' } }];
      assert.deepEqual(changes(up, {}, pending), ['unit file: not read → read']);
    }
  });

  it('masks, unmasks, and does not start what is masked', () => {
    const masked = {
      LoadState: 'masked',
      UnitFileState: 'masked',
      ActiveState: 'inactive',
      SubState: 'dead',
    };
    assert.deepEqual(changes({ masked: true }, masked), []);
    assert.deepEqual(changes({ masked: true, state: 'stopped' }), [
      'masked: false → true',
      'running: active (running) → stopped',
    ]);
    assert.throws(() => changes(up, masked), /is masked/);
    assert.deepEqual(changes({ masked: false, state: 'started' }, masked), [
      'masked: true → false',
      'running: inactive (dead) → started',
    ]);
    assert.throws(() => service({ name: 'web', masked: true, state: 'started' }), /masked and run/);
  });

  it('restarts and reloads in every run', () => {
    for (const state of ['restarted', 'reloaded'] as const) {
      assert.deepEqual(changes({ state }), [`${state}: active (running) → ${state}`]);
      assert.ok(service({ name: 'web', state }).always);
    }
    assert.ok(!service({ name: 'web', ...up }).always);
  });

  it('refuses wishes and answers that make no sense', () => {
    assert.throws(() => changes({ state: 'started' }, { Type: 'oneshot' }), /runs once and ends/);
    assert.deepEqual(changes({ state: 'started' }, { Type: 'oneshot', RemainAfterExit: 'yes' }), []);
    assert.throws(() => service({ name: 'web' }), /needs state, enabled or masked/);
    for (const name of ['', '-H', 'a b', 'a*', '../x', '$(x)']) {
      assert.throws(() => service({ name, ...up }), /not the name of a unit/);
    }
    const said = { code: 1, stdout: '', stderr: 'System has not been booted with systemd' };
    assert.throws(
      () => service({ name: 'web', ...up }).assess(said, []),
      /no answer about web: System has not/,
    );
  });

  it('claims the name without .service', () => {
    assert.deepEqual(service({ name: 'web.service', ...up }).claims, { 'service web': 'started enabled' });
    assert.deepEqual(service({ name: 'web.timer', enabled: false }).claims, {
      'service web.timer': 'disabled',
    });
  });
});

/** A systemctl that keeps its state in files, and fails or dawdles when told to. */
function fakeSystemd(box: Sandbox, state: Answer): void {
  box.rebase('/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', ' /lib/systemd/system');
  mkdirSync(box.path('systemd'));
  for (const [key, value] of Object.entries({ ...ACTIVE, ...state }))
    writeFileSync(box.path('systemd', key), value);
  box.standIn(
    'systemctl',
    `cd @ROOT@/systemd
for a do case $a in -*) ;; *) verb=$a; break ;; esac; done
case $verb in
show) for f in *; do case ,$3, in *,"$f",*) printf '%s=%s\\n' "$f" "$(cat "$f")" ;; esac; done
  if [ -e ../soon ]; then rm ../soon; printf active >ActiveState; fi ;;
status) echo "web.service: last words" ;;
daemon-reload) printf no >NeedDaemonReload; printf loaded >LoadState ;;
start|restart) if [ -e ../broken ]; then printf failed >ActiveState; exit 1; fi
  if [ -e ../dies ]; then printf failed >ActiveState
  elif [ -e ../slow ]; then mv ../slow ../soon; printf activating >ActiveState; else printf active >ActiveState; fi ;;
stop) printf inactive >ActiveState ;;
enable) printf enabled >UnitFileState ;;
disable) printf disabled >UnitFileState ;;
mask) printf masked >LoadState; printf masked >UnitFileState ;;
unmask) printf loaded >LoadState; printf disabled >UnitFileState ;;
esac`,
  );
}
const verbs = (box: Sandbox) =>
  box
    .calls()
    .map((call) => call.find((word, i) => i > 0 && !word.startsWith('-')) ?? '')
    .filter((verb) => !/^(show|ActiveState|LoadState)/.test(verb));

inEveryShell('service', (box) => {
  it('looks with one call', async () => {
    fakeSystemd(box(), {});
    assert.deepEqual((await look(box(), service({ name: 'web', ...up }))).changes, []);
    const calls = box().calls();
    assert.equal(calls.length, 1);
    assert.deepEqual(calls[0]?.slice(-2), ['--', 'web.service']);
  });

  it('reads, enables and starts a new unit', async () => {
    fakeSystemd(box(), { ...MISSING, UnitFileState: 'disabled' });
    mkdirSync(box().path('etc/systemd/system'), { recursive: true });
    writeFileSync(box().path('etc/systemd/system/web.service'), '');
    await converge(box(), service({ name: 'web', ...up }));
    assert.deepEqual(verbs(box()), ['daemon-reload', 'enable', 'start']);
  });

  it('waits for a service that takes its time, forgives one that failed', async () => {
    fakeSystemd(box(), { ActiveState: 'failed', SubState: 'failed' });
    writeFileSync(box().path('slow'), '');
    await converge(box(), service({ name: 'web', ...up }));
    assert.deepEqual(verbs(box()), ['reset-failed', 'start']);
  });

  it('shows its last words when it does not start, or does not stay', async () => {
    for (const how of ['broken', 'dies']) {
      const inner = box();
      if (how === 'broken') fakeSystemd(inner, { ActiveState: 'inactive' });
      writeFileSync(inner.path('systemd', 'ActiveState'), 'inactive');
      writeFileSync(inner.path(how), '');
      const { reply } = await applyOnce(inner, service({ name: 'web', ...up }));
      assert.equal(reply?.code, 1);
      assert.match(reply?.stderr ?? '', /web\.service: last words/);
      rmSync(inner.path(how));
    }
  });

  it('stops, disables, masks and unmasks', async () => {
    fakeSystemd(box(), {});
    await converge(box(), service({ name: 'web', state: 'stopped', enabled: false }));
    assert.deepEqual(verbs(box()), ['disable', 'stop']);
    await converge(box(), service({ name: 'web', masked: true }));
    assert.deepEqual(verbs(box()), ['mask']);
    await converge(box(), service({ name: 'web', masked: false, state: 'started' }));
    assert.deepEqual(verbs(box()), ['unmask', 'start']);
  });

  it('restarts or reloads when told to', async () => {
    fakeSystemd(box(), {});
    await converge(box(), service({ name: 'web', state: 'restarted' }));
    await converge(box(), service({ name: 'web', state: 'reloaded' }));
    assert.deepEqual(verbs(box()), ['restart', 'reload-or-restart']);
  });
});

/** A systemctl that shows many units, from files; what has none is not found. */
function fakeUnits(box: Sandbox, units: Readonly<Record<string, Answer>>): void {
  box.rebase('/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', ' /lib/systemd/system');
  mkdirSync(box.path('units'));
  mkdirSync(box.path('etc/systemd/system'), { recursive: true });
  for (const [name, state] of Object.entries({ ...units, missing: MISSING })) {
    const rows = Object.entries({ ...ACTIVE, ...state }).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(box.path('units', name), rows.join(''));
  }
  box.standIn(
    'systemctl',
    `shift 4; between=
for unit do
  printf "$between"; between='\\n'
  if [ -e "@ROOT@/units/$unit" ]; then cat "@ROOT@/units/$unit"; else cat @ROOT@/units/missing; fi
done`,
  );
}

inEveryShell('services asked for together', (box) => {
  const names = ['web', 'db', 'gone', 'new', 'at@one', 'web.timer', 'alias.service', 'last'];
  const tasks = names.map((name) => service({ name, ...up }));

  beforeEach(() => {
    fakeUnits(box(), {
      'web.service': {},
      'db.service': { ActiveState: 'failed', SubState: 'failed', UnitFileState: '' },
      'web.timer': { NeedDaemonReload: 'yes', UnitFileState: 'disabled' },
      'alias.service': { LoadState: 'masked', UnitFileState: 'masked' },
    });
    // Read already, or not yet: only a unit that systemd does not know is new.
    for (const file of ['web.service', 'new.service', 'at@.service'])
      writeFileSync(box().path('etc/systemd/system', file), '');
  });

  it('tell what each tells alone', async () => {
    const verdicts = await sameVerdicts(box(), tasks);
    const read = { what: 'unit file', from: 'not read', to: 'read' };
    const [web, db, gone, fresh, instance] = verdicts as [[], object[], object, object[], object[]];
    assert.deepEqual(web, []);
    assert.equal(db.length, 2);
    assert.match(JSON.stringify(gone), /no unit gone\.service/);
    assert.deepEqual([fresh[0], instance[0]], [read, read]);
  });

  it('tell it in any order, and the last one as well', async () => {
    await sameVerdicts(box(), tasks.toReversed());
    await sameVerdicts(box(), [...tasks, service({ name: 'new', state: 'stopped' })]);
    await sameVerdicts(box(), tasks.slice(2, 5));
  });

  it('are asked with one call', async () => {
    assert.equal((await askJointly(box(), tasks))?.length, names.length);
    const calls = box()
      .calls()
      .filter(([name]) => name === 'systemctl');
    assert.equal(calls.length, 1);
    assert.deepEqual(calls[0]?.slice(4, 7), ['--', 'web.service', 'db.service']);
  });

  it('are each asked alone when systemd does not tell of all', async () => {
    for (const body of [
      'echo "System has not been booted with systemd" >&2; exit 1',
      'cat @ROOT@/units/web.service',
      'cat @ROOT@/units/web.service; echo "Failed to get properties" >&2; exit 1',
      'for i in 1 2 3 4 5 6 7; do cat @ROOT@/units/web.service; echo; done; echo "Failed"',
    ]) {
      box().standIn('systemctl', body);
      assert.equal(await askJointly(box(), tasks), undefined, body);
    }
  });
});
