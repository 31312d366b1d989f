import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { secret } from '../../../lib/index.ts';
import { cookie } from '../../../roles/erlang-cookie/cookie.ts';
import { applyOnce, converge, inEveryShell, look, type Sandbox, whats } from '../../support/sandbox.ts';

const NEW = 'NEWCOOKIE0123456789NEWCOOKIE';
const OLD = 'OLDCOOKIE0123456789OLDCOOKIE';
const task = cookie({ cookie: secret(NEW) });
const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe('the Erlang cookie', () => {
  it('is never shown', () => {
    assert.ok(!`${task.title}${task.probe.script}${JSON.stringify(task.claims)}`.includes(NEW));
    const assessment = task.assess(reply('access=644 rabbitmq rabbitmq\nsha256=00112233445566778899'), []);
    assert.ok(!JSON.stringify(assessment.changes).includes(NEW));
    const { script } = assessment.apply();
    assert.ok(!String(script).includes(NEW));
    assert.ok(script.reveal().includes(NEW));
  });

  it('differs in value and in access, each told apart', () => {
    const told = (stdout: string) => task.assess(reply(stdout), []).changes;
    const sha256 = secret(NEW).fingerprint();
    assert.deepEqual(told(`access=400 rabbitmq rabbitmq\nsha256=${sha256}`), []);
    assert.deepEqual(told(`access=777 root root\nsha256=${sha256}`), [
      { what: 'access', from: '777 root root', to: '400 rabbitmq rabbitmq' },
    ]);
    assert.deepEqual(told(''), [{ what: 'cookie', from: 'none', to: `sha256:${sha256.slice(0, 12)}` }]);
    assert.deepEqual(whats(told(`access=400 rabbitmq rabbitmq\nsha256=${sha256}\nstopped=yes`)), ['broker']);
  });

  it('needs a broker that is installed', () => {
    assert.throws(() => task.assess(reply('user=missing'), []), /RabbitMQ is not installed/);
  });
});

inEveryShell('the Erlang cookie', (box) => {
  const file = () => box().path('var/lib/rabbitmq/.erlang.cookie');
  const marker = () => box().path('var/lib/ts-play/owed/erlang-cookie--start');
  const verbs = () =>
    box()
      .calls()
      .filter(([name, verb]) => name === 'systemctl' && verb !== 'show')
      .map(([, verb]) => verb);
  const seen = (verb: string) => readFileSync(box().path(`cookie-at-${verb}`), 'utf8').trim();

  beforeEach(function () {
    // Owners and systemd can only be played where programs of our own can take the tools' places.
    if (!box().canReplaceTools) this.skip();
    machine(box());
    writeFileSync(file(), `${OLD}\n`);
    chmodSync(file(), 0o400);
  });

  it('is replaced while the broker is stopped, and the broker started again', async () => {
    assert.deepEqual(whats((await converge(box(), task)).changes), ['cookie']);
    assert.deepEqual(verbs(), ['stop', 'start']);
    assert.equal(seen('stop'), OLD);
    assert.equal(seen('start'), NEW);
    assert.equal(readFileSync(file(), 'utf8'), NEW);
    assert.equal(statSync(file()).mode & 0o777, 0o400);
    assert.ok(!existsSync(marker()));
    assert.deepEqual(readdirSync(box().path('var/lib/rabbitmq')), ['.erlang.cookie']);
    assert.deepEqual((await converge(box(), task)).changes, []);
  });

  describe('with a node that can be told', () => {
    /** The node answers whoever shows its cookie, which is the one it last took. */
    const node = (taking = "cp var/lib/rabbitmq/.erlang.cookie was; echo yes >took; echo '{ok, true}'") => {
      box().standIn('hostname', 'echo broker1');
      box().standIn('runuser', 'shift 3; exec "$@"');
      box().standIn(
        'erl_call',
        `cd @ROOT@; read -r expression; printf '%s\\n' "$expression" >>told
case $expression in
*erlang:set_cookie*) ${taking} ;;
*) [ -e took ] && [ ! -e deaf ] ;;
esac`,
      );
    };
    const told = () => readFileSync(box().path('told'), 'utf8').trim().split('\n');

    it('tells it the new one instead of restarting it, on stdin alone', async () => {
      node();
      assert.deepEqual(whats((await converge(box(), task)).changes), ['cookie']);
      const calls = box().calls();
      assert.deepEqual(
        calls.filter(([name, verb]) => name === 'systemctl' && verb !== 'show').map(([, verb]) => verb),
        ['start'],
      );
      assert.ok(!JSON.stringify(calls).includes(NEW), 'no argument shows it');
      const [expression = '', asked] = told();
      const [, codes = ''] = /list_to_atom\(\[([\d,]+)\]\)/.exec(expression) ?? [];
      assert.equal(String.fromCharCode(...codes.split(',').map(Number)), NEW);
      assert.equal(asked, 'node().');
      assert.equal(readFileSync(box().path('was'), 'utf8').trim(), OLD);
      assert.equal(readFileSync(file(), 'utf8'), NEW);
      assert.ok(!existsSync(marker()));
    });

    it('restarts it when it does not answer to the new one', async () => {
      node();
      writeFileSync(box().path('deaf'), '');
      await converge(box(), task);
      assert.deepEqual(verbs(), ['restart', 'start']);
    });

    // It answers an expression that fails with an exit code of 0: so does a node that still waits for its cluster.
    for (const taking of ['exit 1', `echo '{error, "*** eval: badmatch"}'`]) {
      it(`stops and starts it when it does not take it: ${taking}`, async () => {
        node(taking);
        await converge(box(), task);
        assert.deepEqual(verbs(), ['stop', 'start']);
        assert.equal(readFileSync(file(), 'utf8'), NEW);
      });
    }
  });

  it('is written where there is none', async () => {
    rmSync(file());
    await converge(box(), task);
    assert.equal(readFileSync(file(), 'utf8'), NEW);
  });

  it('gets its access back without a restart', async () => {
    await converge(box(), task);
    box().calls();
    chmodSync(file(), 0o644);
    writeFileSync(box().path('owner'), 'root root');
    assert.deepEqual((await converge(box(), task)).changes, [
      { what: 'access', from: '644 root root', to: '400 rabbitmq rabbitmq' },
    ]);
    assert.deepEqual(verbs(), []);
  });

  it('leaves a broker stopped that was stopped before', async () => {
    for (const state of ['inactive', 'failed']) {
      writeFileSync(file(), OLD);
      writeFileSync(box().path('unit'), state);
      await converge(box(), task);
      assert.deepEqual(verbs(), []);
      assert.equal(readFileSync(box().path('unit'), 'utf8').trim(), state);
    }
  });

  it('stops a broker that is about to run', async () => {
    writeFileSync(box().path('unit'), 'activating');
    await converge(box(), task);
    assert.deepEqual(verbs(), ['stop', 'start']);
  });

  for (const moment of ['before-stop', 'after-stop', 'before-start', 'after-start', 'mv']) {
    it(`is made good by the next run when one dies: ${moment}`, async () => {
      if (moment === 'mv') box().crashAt('mv', 'after');
      else writeFileSync(box().path(`die-${moment}`), '');
      assert.notEqual((await applyOnce(box(), task)).reply?.code, 0);
      assert.ok(existsSync(marker()), 'a broker that was stopped is owed its start');
      assert.ok([OLD, NEW].includes(readFileSync(file(), 'utf8').trim()), 'never half a cookie');
      if (moment === 'mv') box().remove('mv');
      else rmSync(box().path(`die-${moment}`));
      assert.ok((await converge(box(), task)).changes.length > 0);
      assert.equal(readFileSync(file(), 'utf8'), NEW);
      assert.equal(readFileSync(box().path('unit'), 'utf8').trim(), 'active');
      assert.ok(!existsSync(marker()));
      assert.deepEqual((await look(box(), task)).changes, []);
    });
  }

  it('says so when the broker does not start again, and tries again next time', async () => {
    writeFileSync(box().path('broken'), '');
    mkdirSync(box().path('var/log/rabbitmq'), { recursive: true });
    writeFileSync(box().path('var/log/rabbitmq/rabbit@broker1.log'), 'no space left on device\n');
    const { reply } = await applyOnce(box(), task);
    assert.equal(reply?.code, 1);
    assert.match(reply.stderr, /rabbit@broker1 can't boot\. Its log, .*, says:\nno space left on device$/);
    assert.deepEqual(whats((await look(box(), task)).changes), ['broker']);
  });

  it('leaves one to the next step that was cut off in its first boot', async () => {
    writeFileSync(box().path('broken'), '');
    const folder = box().path('var/lib/rabbitmq/mnesia/rabbit@broker1');
    mkdirSync(`${folder}/coordination`, { recursive: true });
    writeFileSync(`${folder}/cluster_nodes.config`, '{[rabbit@broker1],[rabbit@broker1]}.');
    assert.deepEqual(whats((await converge(box(), task)).changes), ['cookie']);
    assert.ok(!existsSync(marker()));
    writeFileSync(`${folder}/rabbit_serial`, '1.');
    writeFileSync(file(), OLD);
    writeFileSync(box().path('unit'), 'active');
    const { reply } = await applyOnce(box(), task);
    assert.match(reply?.stderr ?? '', /It may hold data, so that nothing of it was touched/);
  });

  it('waits for a first boot that is under way, and stops nothing in it', async () => {
    writeFileSync(box().path('unit'), 'ActiveState=activating\nSubState=start\nJob=7');
    box().standIn('hostname', 'echo broker1; echo active >@ROOT@/unit');
    await converge(box(), task);
    assert.deepEqual(verbs(), ['stop', 'start']);
    assert.equal(readFileSync(box().path('unit-at-stop'), 'utf8').trim(), 'active');
  });
});

/** A machine with a running broker; the programs remember what they did in files. */
function machine(box: Sandbox): void {
  box.rebase('/var/lib/rabbitmq', '/var/lib/ts-play', '/var/log/rabbitmq');
  box.standIn('hostname', 'echo broker1');
  mkdirSync(box.path('var/lib/rabbitmq'), { recursive: true });
  writeFileSync(box.path('unit'), 'active');
  writeFileSync(box.path('owner'), 'rabbitmq rabbitmq');
  box.standIn('id');
  box.standIn('chown', 'echo rabbitmq rabbitmq >@ROOT@/owner');
  box.standIn('stat', 'echo "$(@ROOT@/.sandbox/tools/stat -c %a "$3") $(cat @ROOT@/owner)"');
  box.standIn(
    'systemctl',
    `cd @ROOT@
case $1 in
show) cat unit; exit ;;
esac
[ ! -e "die-before-$1" ] || kill -9 0
cp -f var/lib/rabbitmq/.erlang.cookie "cookie-at-$1" 2>/dev/null
cp -f unit "unit-at-$1"
case $1 in
stop) echo inactive >unit ;;
start) [ ! -e broken ] || exit 1; echo active >unit ;;
esac
[ ! -e "die-after-$1" ] || kill -9 0`,
  );
}
