import assert from 'node:assert/strict';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { plugins } from '../../../roles/domain/rabbitmq/tasks/plugins.ts';
import { application } from '../../../roles/rabbit-join/application.ts';
import { clusterName } from '../../../roles/rabbit-join/cluster-name.ts';
import { hostsEntry, resolves } from '../../../roles/rabbit-join/names.ts';
import { answer, appStopped, down, running } from '../domain/rabbitmq/nodes.ts';

const reply = (stdout: string, code = 0) => ({ code, stdout, stderr: '' });

describe("the broker's application", () => {
  const changes = (node: Snapshot, predicting = false) =>
    application({ predicting }).assess(answer(node), []).changes;

  it('is started where the VM is up without it', () => {
    assert.deepEqual(changes(running('a')), []);
    assert.deepEqual(changes(appStopped('a')), [{ what: 'application', from: 'stopped', to: 'running' }]);
    const script = application({ predicting: false })
      .assess(answer(appStopped('a')), [])
      .apply().script;
    assert.match(String(script), /start_app [\s\S]*await_startup/);
  });

  it('that does not answer is an error, or something that the run itself will see', () => {
    const deaf = { ...down('a', ['rabbit@a']), unit: 'active' };
    assert.throws(() => changes(deaf), /rabbit@a does not answer, though its unit is active.*cookie/);
    assert.deepEqual(changes(deaf, true), []);
  });
});

describe('plugins', () => {
  const task = plugins({ names: ['rabbitmq_management', 'rabbitmq_shovel'] });
  const changes = (node: Snapshot) => task.assess(answer(node), []).changes.map(({ what }) => what);

  it('are enabled where they are not running', () => {
    assert.deepEqual(changes(running('a')), ['rabbitmq_management', 'rabbitmq_shovel']);
    const one = running('a', { applications: ['rabbit', 'rabbitmq_management'] });
    assert.deepEqual(changes(one), ['rabbitmq_shovel']);
    assert.match(
      String(task.assess(answer(one), []).apply().script),
      /sbin\/rabbitmq-plugins -q enable rabbitmq_shovel 9>&-$/,
    );
  });

  it('of a broker that is down are those it will start with', () => {
    const node = down('a', ['rabbit@a']);
    assert.deepEqual(changes({ ...node, disk: { ...node.disk, plugins: ['rabbitmq_management'] } }), [
      'rabbitmq_shovel',
    ]);
  });
});

describe("the cluster's name", () => {
  it('is set where it differs', () => {
    const task = clusterName({ name: 'prod $1' });
    assert.deepEqual(task.assess(answer(running('a', { clusterName: 'prod $1' })), []).changes, []);
    const other = task.assess(answer(running('a')), []);
    assert.deepEqual(other.changes, [{ what: 'cluster name', from: 'rabbit@a', to: 'prod $1' }]);
    assert.match(String(other.apply().script), /set_cluster_name 'prod \$1' 9>&-$/);
    assert.throws(() => task.assess(answer(down('a')), []), /the broker is not running/);
  });
});

describe('names of the nodes', () => {
  const edited = (text: string) =>
    hostsEntry('mq1', '192.0.2.11')
      .assess(reply(`${text.length}:81a4:0:0:root:root\n${Buffer.from(text).toString('base64')}`), [])
      .changes.find(({ what }) => what === 'line')?.text?.after;

  it('are written to the top of /etc/hosts, and a wrong line of its own is corrected', () => {
    assert.equal(edited('127.0.0.1 localhost\n'), '192.0.2.11 mq1\n127.0.0.1 localhost\n');
    assert.equal(edited('127.0.0.1 localhost\n10.0.0.1 mq1\n'), '127.0.0.1 localhost\n192.0.2.11 mq1\n');
    assert.equal(edited('192.0.2.11 mq1\n'), undefined);
  });

  it('leave lines alone that give other names as well', () => {
    const text = '127.0.1.1 mq1.example.org mq1\n192.0.2.11 mq1 web\n192.0.2.99 mq10\n';
    assert.equal(edited(text), `192.0.2.11 mq1\n${text}`);
  });

  it('must be found, at the right address where that is known', () => {
    const found = '192.0.2.11      STREAM mq1\n192.0.2.11      DGRAM\n';
    const check = (text: string, code: number, address?: string) =>
      resolves('mq1', address).assess(reply(text, code), []).changes;
    assert.deepEqual(check(found, 0), []);
    assert.deepEqual(check(found, 0, '192.0.2.11'), []);
    assert.throws(() => check('', 2), {
      why: 'mq1 does not resolve on this host',
      next: /rabbit_hosts_entries: true/,
    });
    assert.throws(() => check(found, 0, '192.0.2.12'), {
      why: /resolves to 192\.0\.2\.11 .* not to 192\.0\.2\.12/,
    });
  });
});
