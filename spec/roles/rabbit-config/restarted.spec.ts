import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { sh } from '../../../lib/index.ts';
import { accepted } from '../../../roles/rabbit-config/accepted.ts';
import { FIRST_START } from '../../../roles/rabbit-config/formation.ts';
import { restarted } from '../../../roles/rabbit-config/restarted.ts';
import { inEveryShell, look } from '../../support/sandbox.ts';

inEveryShell('a broker that runs with its configuration', (box) => {
  const task = (nodes = 1) => restarted({ files: [box().path('conf'), box().path('missing')], nodes });
  const started = (seconds: number, state = 'active') =>
    box().standIn(
      'systemctl',
      `case $1 in show) printf 'ActiveState=${state}\\nExecMainStartTimestamp=@${Math.floor(seconds)}\\n' ;; esac`,
    );
  const now = () => Date.now() / 1000;

  it('was started after the file was changed', async () => {
    started(now() + 60);
    writeFileSync(box().path('conf'), '');
    assert.deepEqual((await look(box(), task())).changes, []);
    started(now() - 60);
    assert.equal((await look(box(), task())).changes.length, 1);
  });

  it('owes nothing while it is stopped, or without a file', async () => {
    started(now() - 60);
    assert.deepEqual((await look(box(), task())).changes, []);
    writeFileSync(box().path('conf'), '');
    started(now() - 60, 'inactive');
    assert.deepEqual((await look(box(), task())).changes, []);
  });

  it('is foreseen in check mode, but for one that would start for the first time', async () => {
    started(now() + 60);
    const pending = [{ task: 'file', claims: { [`file ${box().path('conf')}`]: 'x' } }];
    assert.equal((await look(box(), task(), pending)).changes.length, 1);
    const first = [{ task: 'blank', claims: { [FIRST_START]: 'rabbit@a' } }];
    assert.deepEqual((await look(box(), task(), [...pending, ...first])).changes, []);
  });

  it('is restarted, and waited for', async () => {
    started(now() - 60);
    writeFileSync(box().path('conf'), '');
    box().standIn('runuser');
    box().standIn('sleep');
    const { script } = (await look(box(), task(3))).apply();
    assert.equal(task().options.oneAtATime, 'rabbit-restart');
    box().calls();
    assert.equal((await box().run(script, { setE: true })).code, 0);
    const words = box()
      .calls()
      .map((call) => call.join(' '))
      .filter((call) => !/^(sleep|hostname|systemctl show)/.test(call))
      .map((call) => call.replace(/^runuser .*\/bin\//, ''));
    assert.deepEqual(words, [
      'rabbitmq-queues -q check_if_node_is_quorum_critical',
      'systemctl restart rabbitmq-server',
      'rabbitmqctl -q await_startup --timeout 300',
      'rabbitmqctl -q await_online_nodes 3 --timeout 300',
    ]);
  });
});

inEveryShell('a new rabbitmq.conf', (box) => {
  const verdict = async (said: string, active = true) => {
    writeFileSync(box().path('candidate'), 'a = "b"\n');
    box().standIn('systemctl', active ? '' : 'exit 3');
    box().standIn('runuser', `cat >@ROOT@/stdin\ncat <<'END'\n${said}\nEND\n`);
    return box().run(accepted(sh`${box().path('candidate')}`), { setE: true });
  };

  it('is judged by the broker, which reads it on stdin', async () => {
    assert.equal((await verdict('ts_play_accepted')).code, 0);
    const [, sent = ''] = /decode\("([^"]+)"\)/.exec(readFileSync(box().path('stdin'), 'utf8')) ?? [];
    assert.equal(Buffer.from(sent, 'base64').toString('utf8'), 'a = "b"\n');
  });

  it('is refused in the broker’s own words', async () => {
    const { code, stderr } = await verdict('18:43:07.636 [error] You have tried to set a\nrefused');
    assert.equal(code, 1);
    assert.equal(stderr, 'the broker refuses the new rabbitmq.conf:\nYou have tried to set a');
  });

  it('is taken as it is where the broker can not be asked', async () => {
    assert.equal((await verdict('refused', false)).code, 0);
    assert.equal((await verdict('ts_play_untold')).code, 0);
    assert.equal((await verdict('')).code, 0);
  });
});
