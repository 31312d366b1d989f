import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defineTask, sh } from '../../../../../lib/index.ts';
import {
  parseSnapshot,
  type Snapshot,
  snapshotScript,
} from '../../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { defineLone, defineNeverBooted } from '../../../../../roles/domain/rabbitmq/scripts/boot.ts';
import {
  ableToBoot,
  bootsType,
  isHalfMade,
} from '../../../../../roles/domain/rabbitmq/tasks/able-to-boot.ts';
import { applyOnce, converge, inEveryShell, look, type Sandbox, whats } from '../../../../support/sandbox.ts';
import { appStopped, context, down, known, running } from '../nodes.ts';

const ASIDE = '/var/lib/rabbitmq/put-aside-20261124-233500';
const boots = defineTask(bootsType)({ aside: ASIDE });
const halfMade = (node: Snapshot): Snapshot => ({ ...node, disk: { ...node.disk, neverBooted: true } });
const failing = (node: Snapshot, unit = 'activating'): Snapshot => ({
  ...node,
  unit,
  failing: 'exit:timeout_waiting_for_leader\nrabbit_khepri:setup/1',
});

describe('a broker that was cut off in its first boot', () => {
  it('is one that never booted, does not run, and belongs to no others', () => {
    assert.ok(isHalfMade(halfMade(down('a', ['rabbit@a']))));
    assert.ok(isHalfMade(halfMade(down('a'))));
    assert.ok(isHalfMade(halfMade(appStopped('a'))));
    assert.ok(!isHalfMade(down('a', ['rabbit@a'])));
    assert.ok(!isHalfMade(halfMade(running('a'))));
    assert.ok(!isHalfMade(halfMade(down('a', ['rabbit@a', 'rabbit@b']))));
    assert.ok(!isHalfMade(halfMade(appStopped('a', ['rabbit@a', 'rabbit@b']))));
  });

  const nodes: Record<string, Snapshot> = {
    well: running('well'),
    stopped: down('stopped'),
    early: halfMade(down('early')),
    broken: failing(halfMade(down('broken', ['rabbit@broken']))),
    data: failing(down('data', ['rabbit@data'], 3)),
    member: failing(down('member', ['rabbit@member', 'rabbit@well'])),
  };
  const hosts = Object.keys(nodes).map((name) => ({ ...known(name, '192.0.2.11'), vars: {} }));

  it('is said to be put aside, and to where; others that can boot, or wait, are left alone', async () => {
    const asked = context(hosts, nodes);
    const tasks = await ableToBoot(asked.context);
    assert.deepEqual(
      hosts.filter(({ name }) => tasks(name).length > 0).map(({ name }) => name),
      ['broken', 'data'],
    );
    const [warning = '', ...more] = asked.warnings;
    assert.deepEqual(more, []);
    assert.match(
      warning,
      /^broken: rabbit@broken was cut off in its first boot .*\(exit:timeout_waiting_for_leader rabbit_khepri:setup\/1\).* is put aside in \/var\/lib\/rabbitmq\/put-aside-\d{8}-\d{6}$/,
    );
    const checked = context(hosts, nodes, { check: true });
    await ableToBoot(checked.context);
    assert.match(checked.warnings.join(), /would be put aside/);
  });

  it('is put aside; one that may hold data is only started, and not where it was stopped', () => {
    const changes = (node: Snapshot) => bootsType.diff(node, { aside: ASIDE }, []);
    assert.deepEqual(changes(failing(halfMade(down('a')), 'failed')), [
      {
        what: 'data folder',
        from: 'cut off in the first boot: exit:timeout_waiting_for_leader rabbit_khepri:setup/1',
        to: `put aside in ${ASIDE}`,
      },
    ]);
    assert.deepEqual(whats(changes(failing(down('a')))), ['broker']);
    assert.deepEqual(changes(failing(down('a'), 'failed')), []);
    assert.deepEqual(changes(down('a')), []);
  });
});

inEveryShell('a broker that can not boot', (box) => {
  const folder = 'var/lib/rabbitmq/mnesia/rabbit@mq1';
  const put = (path: string, text = '') => {
    mkdirSync(dirname(box().path(path)), { recursive: true });
    writeFileSync(box().path(path), text);
  };
  const unit = (state: string) => put('unit', state);
  const state = async () => parseSnapshot(await box().run(snapshotScript));
  const aside = () => box().path(ASIDE.slice(1));
  const deeds = () =>
    box()
      .calls()
      .filter(([name, verb = '']) => name === 'systemctl' && /^(stop|start)$/.test(verb))
      .map(([, verb]) => verb);

  beforeEach(function () {
    if (!box().canReplaceTools) this.skip();
    machine(box());
    put(`${folder}/cluster_nodes.config`, '{[rabbit@mq1],[rabbit@mq1]}.\n');
    put(`${folder}/nodes_running_at_shutdown`, '[rabbit@mq1].\n');
    put(`${folder}/schema.DAT`, 'x'.repeat(9000));
    put(`${folder}/rabbit_user.DCD`, 'cXM\0\0\0\0\0');
    put(`${folder}/coordination/rabbit@mq1/RABBIT1/config`, '{}');
    put(`${folder}/quorum/rabbit@mq1/names.dets`);
    put('var/lib/rabbitmq/mnesia/rabbit@mq1-feature_flags', '[].');
    put(
      'var/log/rabbitmq/rabbit@mq1.log',
      [
        '2026-11-24 23:46:13.1+00:00 [info] <0.216.0> starting Ra system: coordination',
        ...['', 'BOOT FAILED', '===========', 'Exception during startup:', '']
          .concat('exit:timeout_waiting_for_leader', '', '    rabbit_khepri:setup/1, line 278')
          .map((text) => `2026-11-24 23:46:14.779536+00:00 [error] <0.216.0> ${text}`),
        '2026-11-24 23:46:15.7+00:00 [notice] <0.45.0> Application rabbit exited with reason: x',
        '',
      ].join('\n'),
    );
    unit('ActiveState=activating\nSubState=auto-restart\nNRestarts=2\nJob=');
  });

  it('is known by its unit, its disk and the words of its log', async () => {
    const node = await state();
    assert.ok(isHalfMade(node));
    assert.equal(node.unit, 'activating');
    assert.equal(
      node.failing,
      'Exception during startup:\nexit:timeout_waiting_for_leader\nrabbit_khepri:setup/1, line 278',
    );
    // Before the next attempt has failed as well.
    unit('ActiveState=activating\nSubState=start\nNRestarts=2\nJob=7');
    assert.ok((await state()).failing);
    unit('ActiveState=failed\nSubState=failed\nNRestarts=0\nJob=');
    assert.ok((await state()).failing);
    unit('ActiveState=active\nSubState=running\nNRestarts=2\nJob=');
    assert.equal((await state()).failing, undefined);
  });

  it('is known while its tables wait for themselves', async () => {
    const waiting =
      '2026-11-25 00:32:30.1+00:00 [warning] <0.223.0> Error while waiting for Mnesia tables: {timeout_waiting_for_tables,\n2026-11-25 00:32:30.1+00:00 [warning] <0.223.0>                [rabbit@mq1],\n';
    const begins =
      '2026-11-25 00:31:14.4+00:00 [notice] <0.223.0> Logging: configured log handlers are now ACTIVE\n';
    unit('ActiveState=activating\nSubState=start\nNRestarts=0\nJob=7');
    put('var/log/rabbitmq/rabbit@mq1.log', `${begins}${waiting}`);
    assert.equal(
      (await state()).failing,
      'Error while waiting for Mnesia tables: {timeout_waiting_for_tables,\n[rabbit@mq1],',
    );
    put('var/log/rabbitmq/rabbit@mq1.log', `${begins}${waiting}${begins}`);
    unit('ActiveState=activating\nSubState=start-post\nNRestarts=0\nJob=7');
    assert.equal((await state()).failing, undefined, 'that was an earlier boot');
  });

  it('holds data as soon as anything says so, or is not known', async () => {
    const asked = sh`node=rabbit@mq1
${defineLone}
${defineNeverBooted}
if never_booted; then echo yes; else echo no; fi`;
    const proven = async () => (await box().run(asked)).stdout;
    const signs = {
      rabbit_serial: '1.',
      'msg_stores/vhosts/628WB79CIFDYO9LJI6DKMI09L/.vhost': '/',
      'quorum/rabbit@mq1/2FQ1/config': '{}',
      'stream/s1/x': '',
      'rabbit_user.DCD': 'cXM\0\0\0\0\0a user',
      'rabbit_vhost.DCL': '',
      schema_version: '[].',
      '.hidden': '',
    };
    for (const [path, text] of Object.entries(signs)) {
      const [top = ''] = path.split('/');
      const kept = box().path(`kept-${top}`);
      const target = box().path(folder, top);
      if (existsSync(target)) cpSync(target, kept, { recursive: true });
      put(`${folder}/${path}`, text);
      assert.equal(await proven(), 'no', path);
      rmSync(target, { recursive: true });
      if (existsSync(kept)) cpSync(kept, target, { recursive: true });
      assert.equal(await proven(), 'yes', `without ${path}`);
    }
  });

  it('begins anew: what it has is put aside, not deleted', async () => {
    assert.deepEqual(whats((await converge(box(), boots)).changes), ['data folder']);
    assert.deepEqual(deeds(), ['stop', 'start']);
    assert.deepEqual(readdirSync(aside()).sort(), ['rabbit@mq1', 'rabbit@mq1-feature_flags']);
    assert.ok(existsSync(`${aside()}/rabbit@mq1/coordination/rabbit@mq1/RABBIT1/config`));
    assert.ok(existsSync(box().path(folder, 'rabbit_serial')), 'it has booted');
  });

  it('is left alone when it has booted meanwhile', async () => {
    const { script } = (await look(box(), boots)).apply();
    unit('ActiveState=active\nSubState=running\nNRestarts=3\nJob=');
    put(`${folder}/rabbit_serial`, '1.');
    assert.equal((await box().run(script, { setE: true })).code, 0);
    assert.deepEqual(deeds(), []);
    assert.ok(!existsSync(aside()));
  });

  it('keeps its folder when there is something in it by then', async () => {
    const { script } = (await look(box(), boots)).apply();
    put(`${folder}/rabbit_serial`, '1.');
    await box().run(script, { setE: true });
    assert.ok(!existsSync(aside()));
  });

  it('with data is tried, named in the words of its log, and not touched', async () => {
    put(`${folder}/rabbit_serial`, '3.');
    put('broken');
    const { changes, reply } = await applyOnce(box(), boots);
    assert.deepEqual(whats(changes), ['broker']);
    assert.equal(reply?.code, 1);
    assert.match(
      reply.stderr,
      /rabbit@mq1 can't boot\. Its log, .*rabbit@mq1\.log, says:\nException during startup:\nexit:timeout_waiting_for_leader\n[\s\S]*It may hold data, so that nothing of it was touched\. Mend [\s\S]* mv .*mnesia\/rabbit@mq1 .*put-aside-by-hand/,
    );
    assert.ok(!existsSync(aside()));
    assert.equal(readFileSync(box().path(folder, 'rabbit_serial'), 'utf8'), '3.');
  });
});

/** A machine whose broker's unit is as the file `unit` says; a boot ends well unless there is a file `broken`. */
function machine(box: Sandbox): void {
  box.rebase('/var/lib/rabbitmq', '/var/log/rabbitmq', '/etc/rabbitmq', '/run/ts-play');
  box.standIn('hostname', 'echo mq1');
  box.standIn('sleep');
  box.standIn('runuser', 'exit 1');
  box.standIn(
    'systemctl',
    `cd @ROOT@
case $1 in
show) cat unit ;;
is-active) grep -q ActiveState=active unit ;;
stop) printf 'ActiveState=inactive\\nSubState=dead\\nNRestarts=0\\nJob=\\n' >unit ;;
start)
  if [ -e broken ]; then printf 'ActiveState=activating\\nSubState=auto-restart\\nNRestarts=0\\nJob=\\n' >unit; exit 1; fi
  mkdir -p var/lib/rabbitmq/mnesia/rabbit@mq1
  echo 1. >var/lib/rabbitmq/mnesia/rabbit@mq1/rabbit_serial
  printf 'ActiveState=active\\nSubState=running\\nNRestarts=0\\nJob=\\n' >unit ;;
esac`,
  );
}
