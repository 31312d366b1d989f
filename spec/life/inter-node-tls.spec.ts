import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BROKERS, type ClusterStatus, freshLab, mainPids, rabbit } from '../e2e/support/cluster.ts';
import { LAB, lab, on, play, tasksWith, troubles } from '../e2e/support/lab.ts';

const PLAYBOOK = `import { definePlaybook } from 'ts-play';
import { erlangCookie } from 'ts-play/roles/erlang-cookie';
import { rabbitConfig } from 'ts-play/roles/rabbit-config';
import { rabbitJoin } from 'ts-play/roles/rabbit-join';

export default definePlaybook({
  plays: [{ name: 'brokers', hosts: 'brokers', roles: [erlangCookie(), rabbitConfig(), rabbitJoin()] }],
});
`;

const inventory = (folder: string) => `all:
  vars: { ansible_connection: lab, lab_name: ${LAB}, ansible_user: root }
  children:
    brokers:
      vars:
        rabbit_admin_password: e2e-admin-password
        rabbit_config_tls_certificate: ${folder}/cert.pem
        rabbit_config_tls_key: ${folder}/key.pem
        rabbit_config_tls_ca: ${folder}/ca.pem
        rabbit_config_tls_inter_node: true
      hosts:
        hadoop001: { ansible_host: 192.0.2.11 }
        hadoop002: { ansible_host: 192.0.2.12 }
        hadoop003: { ansible_host: 192.0.2.13 }
`;

/** An authority and a certificate of it for all hosts: Erlang trusts no certificate that vouches for itself. */
async function makeCertificates(folder: string): Promise<void> {
  const names = BROKERS.map((host) => `DNS:${host}`).join(',');
  await on(
    'hadoop001',
    `mkdir -p /root/pki && cd /root/pki
printf '%s\n' subjectAltName=${names} extendedKeyUsage=serverAuth,clientAuth >ext
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj /CN=broker -keyout key.pem -out cert.csr
openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem`,
  );
  for (const name of ['ca.pem', 'cert.pem', 'key.pem'])
    writeFileSync(join(folder, name), `${await on('hadoop001', `cat /root/pki/${name}`)}\n`);
}

describe('TLS between the nodes on real hosts', function () {
  this.timeout('6m');

  let folder = '';
  const run = (...args: readonly string[]) =>
    play(join(folder, 'tls.ts'), args, { inventory: join(folder, 'tls.yml') });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-tls-'));
    writeFileSync(join(folder, 'tls.yml'), inventory(folder));
    writeFileSync(join(folder, 'tls.ts'), PLAYBOOK);
    await freshLab();
    await makeCertificates(folder);
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab('down');
  });

  it('is what the cluster is joined over, as predicted', async () => {
    const predicted = await run('--check');
    const first = await run();
    assert.equal(first.code, 0, troubles(first));
    assert.deepEqual(tasksWith('changed', first), tasksWith('changed', predicted));
    assert.ok(!(first.stdout + first.stderr).includes('PRIVATE KEY'));
    const status = await rabbit<ClusterStatus>('hadoop003', 'cluster_status');
    assert.deepEqual(
      [...status.running_nodes].sort(),
      BROKERS.map((name) => `rabbit@${name}`),
    );
  });

  it('is on the wire: nodes show the certificate, and let nobody in without one', async () => {
    for (const host of BROKERS) {
      const dial = (options: string) =>
        on(
          'hadoop001',
          `echo | openssl s_client -connect ${host}:25672 -CAfile /etc/rabbitmq/tls/ca.pem ${options} 2>&1 || :`,
        );
      const own = '-cert /etc/rabbitmq/tls/certificate.pem -key /etc/rabbitmq/tls/key.pem';
      assert.match(await dial(own), /Verify return code: 0 \(ok\)/, host);
      assert.match(await dial('-tls1_2'), /handshake failure/, host);
    }
    const plain = 'runuser -u rabbitmq -- erl_call -sname rabbit -timeout 5 -a "erlang node" 2>&1 || :';
    assert.match(await on('hadoop002', `export HOME=/var/lib/rabbitmq; ${plain}`), /failed to connect/);
  });

  it('changes nothing the second time', async () => {
    const before = await mainPids('rabbitmq-server', BROKERS);
    const second = await run();
    assert.equal(second.code, 0, troubles(second));
    assert.deepEqual(tasksWith('changed', second), []);
    assert.deepEqual(await mainPids('rabbitmq-server', BROKERS), before);
  });

  it('is not turned off under a running cluster', async () => {
    const refused = await run('-e', '{"rabbit_config_tls_inter_node": false}');
    assert.equal(refused.code, 2);
    assert.match(troubles(refused), /can't be turned off while the cluster runs/);
    assert.deepEqual(tasksWith('changed', refused), []);
  });
});
