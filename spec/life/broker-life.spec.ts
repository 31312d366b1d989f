import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BROKERS, type ClusterStatus, freshLab, mainPids, rabbit } from '../e2e/support/cluster.ts';
import { LAB, lab, on, type Played, play, tasksWith, troubles, tsPlay } from '../e2e/support/lab.ts';

const PASSWORD = 'e2e $(id) ünï';
const HIDDEN = [PASSWORD, 'e2e-admin-password', 'hidden-pass', 'PRIVATE KEY'];

const PLAYBOOK = `import { definePlaybook } from 'ts-play';
import { erlangCookie } from 'ts-play/roles/erlang-cookie';
import { rabbitConfig } from 'ts-play/roles/rabbit-config';
import { rabbitEntities } from 'ts-play/roles/rabbit-entities';
import { rabbitJoin } from 'ts-play/roles/rabbit-join';

export default definePlaybook({
  plays: [
    { name: 'brokers', hosts: 'brokers', roles: [erlangCookie(), rabbitConfig(), rabbitJoin(), rabbitEntities()] },
  ],
});
`;

const inventory = (folder: string) => `all:
  vars: { ansible_connection: lab, lab_name: ${LAB}, ansible_user: root }
  children:
    brokers:
      vars:
        rabbit_admin_password: e2e-admin-password
        rabbit_plugins: []
        rabbit_guest: keep
        rabbit_config_peer_discovery: classic_config
        rabbit_config_partition_handling: pause_minority
        rabbit_config_tls_certificate: ${folder}/cert.pem
        rabbit_config_tls_key: ${folder}/key.pem
        rabbit_config_tls_ca: ${folder}/cert.pem
        rabbit_entities_feature_flags: [all]
        rabbit_entities_plugins: [rabbitmq_shovel]
        rabbit_entities_vhosts:
          - { name: orders, description: Orders, tags: [prod], default_queue_type: quorum, limits: { max-queues: 50 } }
        rabbit_entities_users:
          - { name: app, password: '${PASSWORD}', tags: [monitoring], limits: { max-connections: 100 } }
        rabbit_entities_permissions:
          - { user: app, vhost: orders, configure: '^$', write: '^orders', read: '.*' }
        rabbit_entities_parameters:
          - component: shovel
            name: move
            vhost: orders
            value: { src-uri: 'amqp://u:hidden-pass@localhost', src-protocol: amqp091, src-queue: a, dest-uri: 'amqp://', dest-protocol: amqp091, dest-queue: b }
        rabbit_entities_exchanges:
          - { name: topics, vhost: orders, type: topic }
        rabbit_entities_queues:
          - { name: in, vhost: orders, type: quorum, arguments: { x-delivery-limit: 5 } }
        rabbit_entities_bindings:
          - { source: topics, destination: in, vhost: orders, routing_key: 'a.*' }
        rabbit_entities_definitions: [${folder}/definitions.json]
      hosts:
        hadoop001: { ansible_host: 192.0.2.11 }
        hadoop002: { ansible_host: 192.0.2.12 }
        hadoop003: { ansible_host: 192.0.2.13 }
`;

const definitions = {
  global_parameters: [{ name: 'internal_cluster_id', value: 'of another cluster' }],
  policies: [
    {
      vhost: '/',
      name: 'short',
      pattern: '^short',
      'apply-to': 'queues',
      priority: 1,
      definition: { 'max-length': 9 },
    },
  ],
  queues: [{ vhost: '/', name: 'defined', durable: true, auto_delete: false, arguments: {} }],
};

describe("a broker's life on real hosts", function () {
  this.timeout('6m');

  let folder = '';
  const run = (...args: readonly string[]) =>
    play(join(folder, 'life.ts'), args, { inventory: join(folder, 'life.yml') });
  const entity = (task: string) => `hadoop001 | rabbit-entities | ${task}`;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-life-'));
    await freshLab();
    await on(
      'hadoop001',
      'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=broker -keyout /root/k -out /root/c',
    );
    writeFileSync(join(folder, 'cert.pem'), `${await on('hadoop001', 'cat /root/c')}\n`);
    writeFileSync(join(folder, 'key.pem'), `${await on('hadoop001', 'cat /root/k')}\n`);
    writeFileSync(join(folder, 'definitions.json'), JSON.stringify(definitions));
    writeFileSync(join(folder, 'life.yml'), inventory(folder));
    writeFileSync(join(folder, 'life.ts'), PLAYBOOK);
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab('down');
  });

  let predicted: Played;
  let first: Played;

  it('is foreseen by --check, which shows no secret', async () => {
    predicted = await run('--check', '--diff');
    assert.equal(predicted.code, 0, troubles(predicted));
    assert.deepEqual(tasksWith('unknown', predicted), []);
    for (const hidden of HIDDEN) assert.ok(!predicted.stdout.includes(hidden), hidden);
  });

  it('begins with a cluster formed by peer discovery, as foreseen', async () => {
    first = await run();
    assert.equal(first.code, 0, troubles(first));
    assert.deepEqual(tasksWith('changed', first), tasksWith('changed', predicted));
    for (const hidden of HIDDEN) assert.ok(!(first.stdout + first.stderr).includes(hidden), hidden);
    const status = await rabbit<ClusterStatus>('hadoop003', 'cluster_status');
    assert.deepEqual(
      [...status.running_nodes].sort(),
      BROKERS.map((name) => `rabbit@${name}`),
    );
  });

  it('has what was wanted, and guest as it was', async () => {
    const users = await rabbit<readonly { user: string }[]>('hadoop002', 'list_users');
    assert.deepEqual(users.map(({ user }) => user).sort(), ['admin', 'app', 'guest']);
    const queues = await rabbit<readonly { name: string; type: string }[]>(
      'hadoop003',
      'list_queues -p orders name type',
    );
    assert.deepEqual(queues, [{ name: 'in', type: 'quorum' }]);
    assert.match(
      await on('hadoop001', 'rabbitmqctl -q list_queues; rabbitmqctl -q list_policies'),
      /defined[\s\S]*short/,
    );
    assert.doesNotMatch(await on('hadoop001', 'rabbitmqctl -q list_global_parameters'), /another cluster/);
  });

  it('answers over TLS on every node', async () => {
    for (const address of ['192.0.2.11', '192.0.2.12', '192.0.2.13']) {
      const { stdout } = await tsPlay(
        [
          'lab',
          'exec',
          '--name',
          LAB,
          'hadoop001',
          '--',
          'openssl',
          's_client',
          '-connect',
          `${address}:5671`,
          '-CAfile',
          '/root/c',
        ],
        { stdin: '' },
      );
      assert.match(stdout, /Verify return code: 0 \(ok\)/, address);
    }
  });

  it('changes nothing the second time, and restarts nothing', async () => {
    const before = await mainPids('rabbitmq-server', BROKERS);
    const second = await run();
    assert.equal(second.code, 0, troubles(second));
    assert.deepEqual(tasksWith('changed', second), []);
    for (const counts of Object.values(second.recap.hosts)) assert.ok(counts.roundTrips <= 6);
    assert.deepEqual(await mainPids('rabbitmq-server', BROKERS), before);
  });

  it('is repaired where it drifted: exactly that, as foreseen', async () => {
    await on(
      'hadoop002',
      `rabbitmqctl -q change_password app wrong; rabbitmqctl -q clear_permissions -p orders app
rabbitmqctl -q delete_queue defined; rabbitmqctl -q clear_parameter -p orders shovel move
rabbitmqctl -q set_vhost_limits -p orders '{"max-connections": 7}'`,
    );
    const drifted = [
      `definitions ${folder}/definitions.json`,
      'limits of virtual host orders',
      'parameter shovel move on orders',
      'permissions of app on orders',
      'user app',
    ].map(entity);
    assert.deepEqual(tasksWith('changed', await run('--check')), drifted);
    const repair = await run();
    assert.deepEqual(tasksWith('changed', repair), drifted, troubles(repair));
    const limits = await on('hadoop003', 'rabbitmqctl -q list_vhost_limits -p orders');
    assert.deepEqual(JSON.parse(limits), { 'max-connections': 7, 'max-queues': 50 });
    assert.match(
      await on('hadoop003', `rabbitmqctl -q authenticate_user app '${PASSWORD.replaceAll('$', '\\$')}'`),
      /Success/,
    );
  });

  it('refuses what can not be changed, and leaves everything as it was', async () => {
    const refused = await run(
      '-e',
      '{"rabbit_entities_queues": [{"name": "in", "vhost": "orders", "type": "classic"}]}',
    );
    assert.equal(refused.code, 2);
    assert.match(troubles(refused), /type quorum, wanted classic/);
    assert.deepEqual(tasksWith('changed', refused), []);
    const wrong = await run(
      '-e',
      '{"rabbit_config_settings": {"cluster_partition_handlin": "x"}}',
      '--role',
      'rabbit-config',
    );
    assert.equal(wrong.code, 2);
    assert.match(troubles(wrong), /no setting with that name/);
    assert.deepEqual(tasksWith('changed', await run('--check')), []);
  });
});
