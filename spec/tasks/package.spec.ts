import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type PackageWant, packages } from '../../lib/tasks/package.ts';
import { askJointly, sameVerdicts } from '../support/joint.ts';
import { applyOnce, converge, inEveryShell, look, type Sandbox } from '../support/sandbox.ts';

const assess = (want: PackageWant, stdout: string) =>
  packages(want).assess({ code: 0, stdout, stderr: '' }, []);
const changes = (want: PackageWant, stdout: string) =>
  assess(want, stdout).changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`);

describe('package', () => {
  it('reads what dpkg says, to the word', () => {
    const said = (status: string, flag = 'ok') => `manager|apt\ncurl|amd64|${status}|${flag}|7.88|dpkg`;
    assert.deepEqual(changes({ names: 'curl' }, said('installed')), []);
    assert.deepEqual(changes({ names: 'curl:amd64' }, said('installed')), []);
    assert.deepEqual(changes({ names: 'curl:i386' }, said('installed')), [
      'package curl:i386: absent → present',
    ]);
    for (const status of ['config-files', 'not-installed']) {
      assert.deepEqual(changes({ names: 'curl' }, said(status)), ['package curl: absent → present']);
      assert.deepEqual(changes({ names: 'curl', state: 'absent' }, said(status)), []);
    }
    for (const status of ['half-configured', 'unpacked', 'half-installed', 'triggers-pending']) {
      assert.deepEqual(changes({ names: 'curl' }, said(status)), ['package curl: half installed → present']);
    }
    assert.deepEqual(changes({ names: 'curl' }, said('installed', 'reinstreq')), [
      'package curl: half installed → present',
    ]);
    assert.deepEqual(changes({ names: 'curl', state: 'absent' }, said('installed')), [
      'package curl: 7.88 → absent',
    ]);
  });

  it('counts what another package provides, if that is installed', () => {
    const provided = (status: string) =>
      `manager|apt\n\nprovides|${status}|default-mta, mail-transport-agent (= 1), x:any`;
    for (const names of ['mail-transport-agent', 'default-mta', 'x']) {
      assert.deepEqual(changes({ names }, provided('installed')), []);
      assert.equal(changes({ names }, provided('config-files')).length, 1);
    }
    assert.equal(changes({ names: 'mail-transport' }, provided('installed')).length, 1);
  });

  it('compares with the newest that is known', () => {
    const rows = (candidate: string) =>
      `manager|apt\ncurl|amd64|installed|ok|7|dpkg\ncurl:\n  Installed: 7\n  Candidate: ${candidate}\n  Version table:`;
    assert.deepEqual(changes({ names: 'curl', state: 'latest' }, rows('7')), []);
    assert.deepEqual(changes({ names: 'curl', state: 'latest' }, rows('(none)')), []);
    assert.deepEqual(changes({ names: 'curl', state: 'latest' }, rows('8')), ['package curl: 7 → 8']);
    assert.deepEqual(changes({ names: 'curl' }, rows('8')), []);
    const stale = { names: 'curl', state: 'latest', updateCache: true } as const;
    assert.deepEqual(changes(stale, `${rows('7')}\nlists|stale`), ['package lists: old → fresh']);
    assert.match(
      String(assess(stale, `${rows('7')}\nlists|stale`).apply().script),
      /get update\n.*\nget install -- curl/,
    );
  });

  it('reads what rpm and dnf say', () => {
    const rows = 'manager|dnf\nrpm|curl|x86_64|8.5-1.el9\npackage vim is not installed\nprovided|mta';
    assert.deepEqual(changes({ names: ['curl', 'mta', 'vim'] }, rows), ['package vim: absent → present']);
    assert.deepEqual(changes({ names: ['curl.x86_64'] }, rows), []);
    assert.deepEqual(changes({ names: ['curl.i686'] }, rows), ['package curl.i686: absent → present']);
    const newer = `${rows}\nupdate|\nupdate|curl.x86_64    8.6-1.el9    updates`;
    assert.deepEqual(changes({ names: 'curl', state: 'latest' }, newer), [
      'package curl: 8.5-1.el9 → 8.6-1.el9',
    ]);
  });

  it('acts with dnf or yum on what differs only', () => {
    const said = (manager: string) => `manager|${manager}\nrpm|curl|x86_64|8\nupdate|curl.x86_64 9 updates`;
    const script = (want: PackageWant, manager: string) => String(assess(want, said(manager)).apply().script);
    const names = ['curl', 'vim'];
    assert.equal(
      script({ names, state: 'latest', recommends: false, updateCache: true }, 'dnf'),
      'dnf -y makecache </dev/null\ndnf -y --setopt=install_weak_deps=False install vim </dev/null\ndnf -y upgrade curl </dev/null',
    );
    assert.equal(script({ names, recommends: false }, 'yum'), 'yum -y install vim </dev/null');
    assert.equal(script({ names, state: 'absent' }, 'yum'), 'yum -y remove curl </dev/null');
  });

  it('claims each package', () => {
    assert.deepEqual(packages({ names: ['a1', 'b1'], state: 'absent' }).claims, {
      'package a1': 'absent',
      'package b1': 'absent',
    });
  });

  it('refuses wishes and hosts it can do nothing with', () => {
    for (const names of ['', '-y', 'a b', 'a*', 'curl=1', '$(x)', 'a|b', 'a\nb']) {
      assert.throws(() => packages({ names }), /not the name of a package/);
    }
    assert.throws(() => packages({ names: [] }), /at least one name/);
    assert.throws(() => changes({ names: 'curl' }, 'manager|none'), /no apt-get, dnf or yum/);
    assert.throws(() => changes({ names: 'curl', manager: 'dnf' }, 'manager|none'), /no dnf to/);
  });
});

/** dpkg whose status is a file, one package a line; apt-get that knows packages once its lists are there. */
function fakeDebian(box: Sandbox): void {
  box.rebase('/var/lib/dpkg', '/var/lib/apt');
  mkdirSync(box.path('var/lib/dpkg/updates'), { recursive: true });
  mkdirSync(box.path('var/lib/apt/lists'), { recursive: true });
  writeFileSync(box.path('status'), 'postfix|amd64|installed|ok|3|dpkg\n');
  box.standIn(
    'dpkg-query',
    `if [ $# = 3 ]; then echo 'provides|installed|mail-transport-agent'; exit; fi
code=0; shift 3; for n do grep "^\${n%:*}|" @ROOT@/status || code=1; done; exit $code`,
  );
  box.standIn(
    'dpkg',
    '[ "$1" != --audit ] || cat @ROOT@/audit 2>/dev/null; case $* in *--configure*) rm -f @ROOT@/audit ;; esac',
  );
  box.standIn(
    'apt-get',
    `cat
while :; do case $1 in -o) shift 2 ;; -*) shift ;; *) break ;; esac; done
case $1 in
update) : >@ROOT@/lists ;;
install) [ -e @ROOT@/lists ] || { echo "E: Unable to locate package" >&2; exit 100; }
  shift; for n do case $n in -*) ;; *) echo "$n|amd64|installed|ok|1|dpkg" >>@ROOT@/status ;; esac; done ;;
remove) shift 2; for n do sed -i "/^$n|/d" @ROOT@/status; done ;;
esac`,
  );
}
const acts = (box: Sandbox) =>
  box
    .calls()
    .filter(([name, first]) => name !== 'dpkg-query' && first !== '--audit')
    .map((call) => call.filter((word, i) => !word.startsWith('-') && call[i - 1] !== '-o').join(' '));

inEveryShell('package with apt', (box) => {
  beforeEach(() => fakeDebian(box()));

  it('asks once when all are there', async () => {
    assert.deepEqual((await look(box(), packages({ names: 'postfix' }))).changes, []);
    assert.equal(box().calls().length, 1);
    assert.deepEqual(
      (await look(box(), packages({ names: ['postfix', 'mail-transport-agent'] }))).changes,
      [],
    );
  });

  it('installs all that is missing in one go, with fresh lists only when needed', async () => {
    const names = ['curl', 'postfix', 'g++'];
    await converge(box(), packages({ names }));
    assert.deepEqual(acts(box()), ['apt-get install curl g++', 'apt-get update', 'apt-get install curl g++']);
    await converge(box(), packages({ names: 'vim', recommends: false }));
    const calls = box()
      .calls()
      .filter(([name]) => name === 'apt-get');
    assert.equal(calls.length, 1);
    assert.ok(calls[0]?.includes('--no-install-recommends') && calls[0].includes('DPkg::Lock::Timeout=120'));
    await converge(box(), packages({ names: 'less', updateCache: true }));
    assert.deepEqual(acts(box()), ['apt-get update', 'apt-get install less']);
  });

  it('removes', async () => {
    await converge(box(), packages({ names: ['postfix', 'vim'], state: 'absent' }));
    assert.deepEqual(acts(box()), ['apt-get remove postfix']);
  });

  it('finishes first what was interrupted', async function () {
    if (!box().canReplaceTools) this.skip();
    writeFileSync(box().path('audit'), 'curl is half configured');
    writeFileSync(box().path('lists'), '');
    appendFileSync(box().path('status'), 'tmux|amd64|half-configured|ok|3|dpkg\n');
    await applyOnce(box(), packages({ names: 'tmux' }));
    assert.deepEqual(acts(box()), ['dpkg', 'apt-get install tmux']);
  });

  it('passes on what apt-get says when it fails', async () => {
    box().standIn('apt-get', 'echo "E: nothing works" >&2; exit 100');
    const { reply } = await applyOnce(box(), packages({ names: 'curl' }));
    assert.equal(reply?.code, 100);
    assert.match(reply?.stderr ?? '', /E: nothing works/);
  });
});

inEveryShell('package with dnf', (box) => {
  it('is asked and acts', async function () {
    if (!box().canReplaceTools) this.skip();
    box().standIn(
      'rpm',
      `[ "$2" != --whatprovides ] || { [ "$3" = mta ]; exit; }
code=0; shift 3; for n do
if grep -qx "$n" @ROOT@/db 2>/dev/null; then echo "rpm|$n|x86_64|1-1"; else echo "package $n is not installed"; code=1; fi
done; exit $code`,
    );
    box().standIn('dnf', 'cat; shift 2; for n do echo "$n" >>@ROOT@/db; done');
    await converge(box(), packages({ names: ['curl', 'mta'] }));
    assert.deepEqual(
      box()
        .calls()
        .filter(([name]) => name === 'dnf'),
      [['dnf', '-y', 'install', 'curl']],
    );
    assert.deepEqual((await look(box(), packages({ names: 'curl', manager: 'dnf' }))).changes, []);
    await assert.rejects(look(box(), packages({ names: 'curl', manager: 'apt' })), /no apt to/);
  });
});

inEveryShell('packages asked for together', (box) => {
  const tasks = (...names: readonly (string | readonly string[])[]) =>
    names.map((each) => packages({ names: each }));
  const counts = (verdicts: readonly unknown[]) => verdicts.map((changes) => (changes as []).length);

  it('tell what each tells alone', async () => {
    fakeDebian(box());
    appendFileSync(
      box().path('status'),
      `tmux|amd64|half-configured|ok|3|dpkg
libc6|i386|installed|ok|2.36|dpkg
old|amd64|config-files|ok|1|dpkg
`,
    );
    const all = tasks(
      'postfix',
      'curl',
      'mail-transport-agent',
      ['postfix', 'vim', 'tmux'],
      'libc6:i386',
      'old',
    );
    assert.deepEqual(counts(await sameVerdicts(box(), all)), [0, 1, 0, 2, 0, 1]);
    await sameVerdicts(box(), all.toReversed());
    await sameVerdicts(box(), tasks('postfix', 'libc6:amd64', 'libc6'));
  });

  it('find what another package provides also when only traces of their own are left', async () => {
    fakeDebian(box());
    const status = readFileSync(box().path('status'), 'utf8');
    writeFileSync(box().path('status'), `mail-transport-agent|amd64|config-files|ok|1|dpkg\n${status}`);
    const both = tasks('mail-transport-agent', 'postfix');
    assert.deepEqual(counts(await sameVerdicts(box(), both)), [0, 0]);
    await sameVerdicts(box(), both.toReversed());
  });

  it('are asked with one call, each name once', async () => {
    fakeDebian(box());
    assert.equal((await askJointly(box(), tasks('postfix', ['postfix'], 'postfix')))?.length, 3);
    const calls = box().calls();
    assert.equal(calls.length, 1);
    assert.equal(calls[0]?.filter((word) => word === 'postfix').length, 1);
  });

  it('tell what each tells alone with dnf, and with nothing at all', async function () {
    const three = tasks('curl', 'mta', ['vim', 'curl']);
    const verdicts = await sameVerdicts(box(), three);
    assert.match(JSON.stringify(verdicts[0]), /no apt-get, dnf or yum/);
    if (!box().canReplaceTools) this.skip();
    box().standIn('dnf');
    box().standIn(
      'rpm',
      `[ "$2" != --whatprovides ] || { [ "$3" = mta ]; exit; }
code=0; shift 3; for n do
if [ "$n" = curl ]; then echo "rpm|$n|x86_64|1-1"; else echo "package $n is not installed"; code=1; fi
done; exit $code`,
    );
    assert.deepEqual(counts(await sameVerdicts(box(), three)), [0, 0, 1]);
  });

  it('are those wanted by the same manager, and present', () => {
    const joint = (...args: Parameters<typeof packages>) => packages(...args).probe.joint;
    assert.notEqual(joint({ names: 'a', manager: 'apt' })?.probe.name, joint({ names: 'a' })?.probe.name);
    assert.equal(joint({ names: 'a', state: 'present' })?.probe.name, joint({ names: 'a' })?.probe.name);
    for (const state of ['absent', 'latest'] as const) assert.equal(joint({ names: 'a', state }), undefined);
  });
});
