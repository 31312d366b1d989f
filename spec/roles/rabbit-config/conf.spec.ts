import assert from 'node:assert/strict';
import type { RoleHost } from '../../../lib/index.ts';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/config.ts';
import { asksForConf, conf } from '../../../roles/rabbit-config/conf.ts';
import { rabbitConfig } from '../../../roles/rabbit-config/index.ts';
import { interNodeOptions, refuseMixture } from '../../../roles/rabbit-config/inter-node.ts';
import { refuseOld } from '../../../roles/rabbit-config/refuse-old.ts';
import { defaultsOf, known, running } from '../domain/rabbitmq/nodes.ts';

const { definition } = rabbitConfig;
const own = (vars: Partial<Vars> = {}): Vars => ({
  ...(defaultsOf(definition.vars.properties) as unknown as Vars),
  ...vars,
});
const rows = (vars: Partial<Vars>, nodes: readonly string[] = []) =>
  conf(own(vars), nodes).split('\n').slice(1, -1);
const tls = { rabbit_config_tls_certificate: '/c.pem', rabbit_config_tls_key: '/k.pem' };

describe('rabbitmq.conf', () => {
  it('is left alone when nothing is asked for', () => {
    assert.equal(asksForConf(own()), false);
    for (const vars of [tls, { rabbit_config_proxy_protocol: true }, { rabbit_config_listeners: ['5672'] }])
      assert.equal(asksForConf(own(vars)), true);
  });

  it('holds what the variables ask for', () => {
    assert.deepEqual(
      rows({
        rabbit_config_partition_handling: 'pause_minority',
        rabbit_config_listeners: ['192.0.2.11:5672', '127.0.0.1:5672'],
        rabbit_config_proxy_protocol: true,
        rabbit_config_settings: { heartbeat: '30' },
      }),
      [
        'cluster_partition_handling = pause_minority',
        'listeners.tcp.1 = 192.0.2.11:5672',
        'listeners.tcp.2 = 127.0.0.1:5672',
        'proxy_protocol = true',
        'heartbeat = 30',
      ],
    );
  });

  it('listens for TLS, and for nothing else when told so', () => {
    assert.deepEqual(
      rows({
        ...tls,
        rabbit_config_tls_ca: '/ca.pem',
        rabbit_config_tls_clients: 'require',
        rabbit_config_listeners: [],
      }),
      [
        'listeners.tcp = none',
        'listeners.ssl.1 = 5671',
        'ssl_options.cacertfile = /etc/rabbitmq/tls/ca.pem',
        'ssl_options.certfile = /etc/rabbitmq/tls/certificate.pem',
        'ssl_options.keyfile = /etc/rabbitmq/tls/key.pem',
        'ssl_options.verify = verify_peer',
        'ssl_options.fail_if_no_peer_cert = true',
        'ssl_options.versions.1 = tlsv1.3',
        'ssl_options.versions.2 = tlsv1.2',
      ],
    );
    assert.ok(rows(tls).includes('ssl_options.verify = verify_none'));
  });

  it('names the peers to look for', () => {
    assert.deepEqual(rows({ rabbit_config_peer_discovery: 'classic_config' }, ['rabbit@a', 'rabbit@b']), [
      'cluster_formation.peer_discovery_backend = classic_config',
      'cluster_formation.classic_config.nodes.1 = rabbit@a',
      'cluster_formation.classic_config.nodes.2 = rabbit@b',
    ]);
  });

  it('has both sides of a connection between nodes verified', () => {
    const options = interNodeOptions(['tlsv1.2']);
    assert.equal(options.match(/verify_peer/g)?.length, 2);
    assert.match(options, /\{fail_if_no_peer_cert, true\}/);
  });
});

describe('what rabbit-config refuses', () => {
  it('before contact', () => {
    const validate = (vars: Partial<Vars>) => {
      const host: RoleHost<Vars> = { ...known('a', 'a'), vars: own(vars) };
      definition.validate?.([host], { playHosts: [host], group: () => [] });
    };
    validate({});
    validate({
      ...tls,
      rabbit_config_tls_ca: '/ca.pem',
      rabbit_config_tls_clients: 'verify',
      rabbit_config_tls_inter_node: true,
    });
    assert.throws(() => validate({ rabbit_config_tls_key: '/k' }), /needs both/);
    assert.throws(
      () => validate({ ...tls, rabbit_config_tls_clients: 'require' }),
      /needs rabbit_config_tls_ca/,
    );
    assert.throws(() => validate({ ...tls, rabbit_config_tls_inter_node: true }), /and rabbit_config_tls_ca/);
    assert.throws(() => validate({ rabbit_config_listeners: [] }), /no client could connect/);
    assert.throws(
      () =>
        validate({ rabbit_config_proxy_protocol: true, rabbit_config_settings: { proxy_protocol: 'false' } }),
      /sets proxy_protocol, for which there is a variable/,
    );
    assert.throws(() => validate({ rabbit_config_settings: { a: 'b\nc = d' } }), /on one line/);
  });

  it('of a broker that is too old', () => {
    const wanting = own({ rabbit_config_default_queue_type: 'quorum' });
    assert.throws(() => refuseOld('a', wanting, '3.12.1'), /3\.12\.1 has no default_queue_type/);
    for (const version of ['3.13.0', '4.0.5', null, undefined]) refuseOld('a', wanting, version);
    refuseOld('a', own(), '3.10.8');
  });

  it('of a running cluster whose nodes would not see each other', () => {
    const both = ['rabbit@a', 'rabbit@b'];
    const member = running('a', { members: both, up: both });
    assert.throws(() => refuseMixture('a', member, false, true), /turned on while the cluster runs/);
    assert.throws(() => refuseMixture('a', member, true, false), /turned off/);
    refuseMixture('a', member, true, true);
    refuseMixture('a', running('a', { members: both, up: ['rabbit@a'] }), false, true);
    refuseMixture('a', undefined, false, true);
  });
});
