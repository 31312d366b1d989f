import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { type HostView, secret } from '../../../lib/index.ts';
import type { HaproxyVars } from '../../../roles/domain/haproxy/settings.ts';
import { validateHaproxy } from '../../../roles/haproxy-build/validate.ts';
import { brokers, known, proxy } from './hosts.ts';
import { pem } from './pem.ts';

const web = known('web1', '192.0.2.21', ['all', 'proxies']);

function validate(changed: Partial<HaproxyVars> = {}, host: HostView = web): void {
  const groups: Readonly<Record<string, readonly HostView[]>> = {
    brokers,
    proxies: [web],
    all: [...brokers, web],
  };
  validateHaproxy([proxy(host, changed)], { group: (name) => groups[name] ?? [] });
}

describe('the variables of haproxy-build', () => {
  it('pass when all is well', () => {
    validate();
    validate({ haproxy_front_port: 5672 });
  });

  it('must name a group that has hosts, and say which groups there are', () => {
    assert.throws(
      () => validate({ haproxy_backend_group: 'broker' }),
      /"broker".*its groups are: brokers, proxies/,
    );
  });

  it('must not put two things on one port', () => {
    assert.throws(
      () => validate({ haproxy_stats_port: 5673 }),
      /haproxy_front_port and haproxy_stats_port are both 5673/,
    );
    assert.throws(
      () => validate({ haproxy_health_port: 8100 }),
      /haproxy_stats_port and haproxy_health_port/,
    );
  });

  it("must not take a broker's own port on the broker's host", () => {
    const [first] = brokers;
    assert.throws(() => validate({ haproxy_front_port: 5672 }, first), /hadoop001 is a broker itself/);
    validate({ haproxy_front_port: 5672, haproxy_front_bind: '192.0.2.200' }, first);
  });

  it('must let HAProxy talk to systemd', () => {
    const flags = ['TARGET=linux-glibc'];
    assert.throws(() => validate({ haproxy_flags: flags }), /lacks USE_SYSTEMD=1/);
    validate({ haproxy_flags: flags, haproxy_version: '3.0.5' });
  });

  it('must not make two backends of one name', () => {
    const two = [known('mq:1', '192.0.2.1'), known('mq/1', '192.0.2.2')];
    const context = { group: () => two };
    assert.throws(() => validateHaproxy([proxy(web)], context), /both be called mq_1/);
  });

  it('must name a source only where something is built', () => {
    const none = { haproxy_source: undefined, haproxy_sha256: undefined };
    assert.throws(() => validate(none), /haproxy_source is missing/);
    assert.throws(() => validate({ haproxy_sha256: undefined }), /haproxy_sha256 is missing/);
    validate({ ...none, haproxy_install: 'package', haproxy_flags: [] });
    validate({ ...none, haproxy_use_installed: '2.6.12' });
    assert.throws(
      () => validate({ ...none, haproxy_install: 'package', haproxy_use_installed: '2.6.12' }),
      /only one can be/,
    );
  });

  it('must have what an option needs built in', () => {
    assert.throws(
      () => validate({ haproxy_metrics_port: 8405, haproxy_flags: ['USE_SYSTEMD=1'] }),
      /haproxy_metrics_port needs USE_PROMEX=1/,
    );
  });

  it('must speak the PROXY protocol on both sides or on none', () => {
    const [first, second] = brokers;
    const expecting = (word: boolean | undefined, host = first) => {
      const { name, address } = host ?? web;
      return known(name, address, [], word === undefined ? {} : { rabbit_config_proxy_protocol: word });
    };
    const check = (sends: boolean, ...group: readonly HostView[]) =>
      validateHaproxy([proxy(web, { haproxy_proxy_protocol: sends })], { group: () => group });
    check(false, expecting(undefined), expecting(false, second));
    check(true, expecting(true), expecting(true, second));
    assert.throws(
      () => check(true, expecting(true), expecting(undefined, second)),
      /haproxy_proxy_protocol is true, and rabbit_config_proxy_protocol of hadoop002 is false/,
    );
    assert.throws(
      () => check(false, expecting(true)),
      /is false, and rabbit_config_proxy_protocol of hadoop001 is true/,
    );
  });

  it('must give the management API a login', () => {
    assert.throws(
      () => validate({ haproxy_check: 'management' }),
      /answers nobody without haproxy_check_user/,
    );
    assert.throws(() => validate({ haproxy_check_user: 'monitor' }), /go together/);
    validate({
      haproxy_check: 'management',
      haproxy_check_user: 'monitor',
      haproxy_check_password: secret('x'),
    });
    validate({ haproxy_check: 'management', haproxy_check_uri: '/' });
  });

  it("must leave a broker its own address's port", () => {
    const [first] = brokers;
    const beside = (...addresses: readonly string[]) =>
      validate({ haproxy_front_addresses: addresses, haproxy_front_port: 5672 }, first);
    beside('192.0.2.200', '192.0.2.201');
    assert.throws(() => beside('192.0.2.200', '192.0.2.11'), /can't be 5672 on 192\.0\.2\.11/);
    assert.throws(
      () => validate({ haproxy_tls_port: 5672, haproxy_tls_pem: pem() }, first),
      /haproxy_tls_port can't be/,
    );
    assert.throws(
      () => validate({ haproxy_front_addresses: ['192.0.2.200'], haproxy_front_bind: '192.0.2.21' }),
      /only one can be/,
    );
  });

  it('must give a certificate together with its own key, and never show the key', () => {
    const tls = (text: string) => validate({ haproxy_tls_port: 5674, haproxy_tls_pem: secret(text) });
    tls(pem().reveal());
    const [certificate = '', key = ''] = pem()
      .reveal()
      .split(/(?=-----BEGIN PRIVATE)/);
    assert.throws(() => tls(certificate), /holds no private key/);
    assert.throws(() => tls(key), /holds no certificate/);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const wrong = String(other.export({ type: 'pkcs8', format: 'pem' }));
    assert.throws(
      () => tls(certificate + wrong),
      (error: Error) =>
        /is not that of its first certificate/.test(error.message) && !error.message.includes('BEGIN'),
    );
    assert.throws(() => validate({ haproxy_tls_port: 5674 }), /needs either haproxy_tls_pem or/);
    assert.throws(() => validate({ haproxy_tls_pem: pem() }), /no haproxy_tls_port/);
    assert.throws(
      () => validate({ haproxy_tls_port: 5674, haproxy_tls_pem_file: '/nowhere/front.pem' }),
      /can't be read on this machine: \/nowhere\/front\.pem/,
    );
  });
});
