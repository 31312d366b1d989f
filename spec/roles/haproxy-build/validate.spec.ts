import assert from 'node:assert/strict';
import type { KnownHost } from '../../../lib/index.ts';
import { validateHaproxy } from '../../../roles/haproxy-build/validate.ts';
import type { HaproxyVars } from '../../../roles/haproxy-build/vars.ts';
import { brokers, known, proxy } from './hosts.ts';

const web = known('web1', '192.0.2.21', ['all', 'proxies']);

function validate(changed: Partial<HaproxyVars> = {}, host: KnownHost = web): void {
  const groups: Readonly<Record<string, readonly KnownHost[]>> = {
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
});
