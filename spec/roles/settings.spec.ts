import assert from 'node:assert/strict';
import type { Fact, GateContext, HostView, Play, Role, VarsSchema } from '../../lib/index.ts';
import { noExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { plan } from '../../lib/run/plan.ts';
import { statsPageOf } from '../../roles/domain/haproxy/facts/stats.ts';
import { virtualAddresses } from '../../roles/domain/keepalived/instances.ts';
import { foundingOf } from '../../roles/domain/rabbitmq/rules/founding.ts';
import { joinSettings } from '../../roles/domain/rabbitmq/settings/join.ts';
import { partitionHandlingOf } from '../../roles/domain/rabbitmq/settings/partition-handling.ts';
import { erlangCookie } from '../../roles/erlang-cookie/index.ts';
import { haproxyBuild } from '../../roles/haproxy-build/index.ts';
import { shippedModules } from '../../roles/index.ts';
import { keepalivedBuild } from '../../roles/keepalived-build/index.ts';
import { checkPort } from '../../roles/keepalived-build/tasks.ts';
import { anotherProxyIsReady } from '../../roles/operations/proxy-leave/index.ts';
import { frontOf } from '../../roles/proof/site.ts';
import { rabbitConfig } from '../../roles/rabbit-config/index.ts';
import { rabbitJoin } from '../../roles/rabbit-join/index.ts';
import { lintPlays } from '../lint/support.ts';

const SHA = 'a'.repeat(64);
const NEEDED = `
    haproxy_stats_password: long-enough-for-all
    haproxy_source: /x/haproxy.tar.gz
    haproxy_sha256: ${SHA}
    keepalived_source: /x/keepalived.tar.gz
    keepalived_sha256: ${SHA}
    keepalived_vips: [192.0.2.200/24]
    keepalived_auth_pass: vrrp
    rabbit_admin_password: not-for-the-screen`;

type Given = {
  readonly haproxy?: Parameters<typeof haproxyBuild>[0];
  readonly keepalived?: Parameters<typeof keepalivedBuild>[0];
  readonly config?: Parameters<typeof rabbitConfig>[0];
  readonly join?: Parameters<typeof rabbitJoin>[0];
};

function inventory(vars: string): string {
  return `all:
  vars:${NEEDED}
    ${vars}
  children:
    brokers: { hosts: { a: { ansible_host: 192.0.2.11 }, b: { ansible_host: 192.0.2.12 }, c: { ansible_host: 192.0.2.13 } } }
    proxies: { hosts: { a: , b: } }
`;
}

function plays({ haproxy, keepalived, config, join }: Given = {}): readonly Play[] {
  return [
    { name: 'brokers', hosts: 'brokers', roles: [erlangCookie(), rabbitConfig(config), rabbitJoin(join)] },
    { name: 'proxies', hosts: 'proxies', roles: [haproxyBuild(haproxy), keepalivedBuild(keepalived)] },
  ];
}

/** The hosts of a playbook with the shipped roles. */
function site(vars = 'x: 1', given: Given = {}) {
  const [brokers, proxies] = plan(
    { plays: plays(given) },
    parseInventory(inventory(vars), 'hosts.yml'),
    noExtraVars,
    {
      designOnly: true,
    },
  );
  assert.ok(brokers && proxies);
  return { brokers: brokers.allHosts, proxies: proxies.allHosts, planned: proxies };
}

/** One value that another role reads: what it is by default, from the inventory, and from the playbook. */
interface Case {
  readonly read: (seen: ReturnType<typeof site>) => unknown | Promise<unknown>;
  readonly default: unknown;
  readonly inventory: readonly [vars: string, value: unknown];
  readonly playbook: readonly [given: Given, value: unknown];
}

const first = (hosts: readonly HostView[]): HostView => {
  const [host] = hosts;
  assert.ok(host);
  return host;
};

/** The port that a script of the gate of proxy-leave asks. */
async function portOfGate({ proxies }: ReturnType<typeof site>): Promise<unknown> {
  const scripts: string[] = [];
  await anotherProxyIsReady.check({
    playHosts: proxies,
    query: async (_: unknown, { script }: Fact<unknown>) => {
      scripts.push(String(script));
      return new Map();
    },
  } as unknown as GateContext);
  return /port=(\d+)/.exec(scripts.join())?.[1];
}

const given = {};

const CASES: Readonly<Record<string, Case>> = {
  'the health port that Keepalived checks': {
    read: ({ planned }) => {
      const host = planned.hosts[0];
      const role = planned.roles.find(({ use }) => use.name === 'keepalived-build');
      assert.ok(host && role);
      return checkPort(
        planned.views.withVars(host, role.vars.get(host.name) ?? {}) as Parameters<typeof checkPort>[0],
      );
    },
    default: 8101,
    inventory: ['haproxy_health_port: 9101', 9101],
    playbook: [{ haproxy: { haproxy_health_port: 9102 } }, 9102],
  },
  'the health port that a leaving proxy asks its successor at': {
    read: portOfGate,
    default: '8101',
    inventory: ['haproxy_health_port: 9101', '9101'],
    playbook: [{ haproxy: { haproxy_health_port: 9102 } }, '9102'],
  },
  'the stats page that the status asks': {
    read: ({ proxies }) => {
      const { port, uri, login } = statsPageOf(first(proxies));
      return [port, uri, login.reveal()].join(' ');
    },
    default: '8100 /stats admin:long-enough-for-all',
    inventory: ['haproxy_stats_port: 9100', '9100 /stats admin:long-enough-for-all'],
    playbook: [
      {
        haproxy: {
          haproxy_stats_port: 9103,
          haproxy_stats_uri: '/s',
          haproxy_stats_user: 'ops',
          haproxy_stats_password: 'other-password',
        },
      },
      '9103 /s ops:other-password',
    ],
  },
  'the port that the proof connects to': {
    read: ({ brokers, proxies }) => frontOf(given, brokers, proxies).port,
    default: 5673,
    inventory: ['haproxy_front_port: 5999', 5999],
    playbook: [{ haproxy: { haproxy_front_port: 5998 } }, 5998],
  },
  'the virtual addresses': {
    read: ({ proxies }) => virtualAddresses(proxies).join(),
    default: '192.0.2.200',
    inventory: [
      'keepalived_instances: [{ name: two, virtual_router_id: 7, vips: [192.0.2.201/24] }]',
      '192.0.2.200,192.0.2.201',
    ],
    playbook: [{ keepalived: { keepalived_vips: ['192.0.2.202/24'] } }, '192.0.2.202'],
  },
  'the users that are no data of a broker': {
    read: ({ brokers }) => foundingOf(brokers).harmless('a').join(),
    default: 'guest,admin',
    inventory: ['rabbit_admin_user: ops', 'guest,ops'],
    playbook: [{ join: { rabbit_admin_user: 'root' } }, 'guest,root'],
  },
  'the host that founds the cluster': {
    read: ({ brokers }) => foundingOf(brokers).seed,
    default: undefined,
    inventory: ['rabbit_seed: b', 'b'],
    playbook: [{ join: { rabbit_seed: 'c' } }, 'c'],
  },
  'what brokers do in a network partition': {
    read: ({ brokers }) => partitionHandlingOf(first(brokers))?.value,
    default: undefined,
    inventory: ['rabbit_config_partition_handling: autoheal', 'autoheal'],
    playbook: [{ config: { rabbit_config_partition_handling: 'ignore' } }, 'ignore'],
  },
};

describe('a value of one role that another one reads', () => {
  for (const [name, { read, default: standard, inventory: written, playbook }] of Object.entries(CASES)) {
    it(`is ${name}: left alone, from the inventory, from the playbook`, async () => {
      assert.equal(await read(site()), standard);
      assert.equal(await read(site(written[0])), written[1]);
      assert.equal(await read(site('x: 1', playbook[0])), playbook[1]);
      assert.equal(
        await read(site(written[0], playbook[0])),
        name === 'the virtual addresses' ? '192.0.2.202,192.0.2.201' : playbook[1],
      );
    });
  }

  it('is the PROXY protocol, which both sides must speak', () => {
    const both: Given = {
      haproxy: { haproxy_proxy_protocol: true },
      config: { rabbit_config_proxy_protocol: true },
    };
    site('x: 1', both);
    site('rabbit_config_proxy_protocol: true, haproxy_proxy_protocol: true'.replace(', ', '\n    '));
    assert.throws(
      () => site('x: 1', { haproxy: { haproxy_proxy_protocol: true } }),
      /haproxy_proxy_protocol is true/,
    );
    assert.throws(
      () => site('x: 1', { config: { rabbit_config_proxy_protocol: true } }),
      /haproxy_proxy_protocol is false/,
    );
  });
});

describe('a rule of the linter that reads another role', () => {
  const rules = async (vars: string, given: Given = {}) =>
    (await lintPlays(plays(given), inventory(vars))).map(({ rule, where }) => `${rule} ${where.file ?? ''}`);
  const finds = async (rule: string, vars: string, given?: Given) =>
    (await rules(vars, given)).filter((found) => found.startsWith(rule));

  it('knows the heartbeat from inventory and playbook', async () => {
    const timeout = 'haproxy_timeout_client: 20s';
    const heartbeat = { config: { rabbit_config_settings: { heartbeat: '10' } } };
    assert.deepEqual(await finds('timeout-below-heartbeat', timeout), ['timeout-below-heartbeat hosts.yml']);
    assert.deepEqual(await finds('timeout-below-heartbeat', timeout, heartbeat), []);
    assert.deepEqual(
      await finds('timeout-below-heartbeat', `${timeout}\n    rabbit_config_settings: { heartbeat: "10" }`),
      [],
    );
  });

  it('knows the partition handling from inventory and playbook, and says where it was written', async () => {
    assert.deepEqual(await finds('partition-ignored', 'x: 1'), []);
    assert.deepEqual(await finds('partition-ignored', 'rabbit_config_partition_handling: ignore'), [
      'partition-ignored hosts.yml',
    ]);
    assert.deepEqual(
      await finds('partition-ignored', 'x: 1', { config: { rabbit_config_partition_handling: 'ignore' } }),
      ['partition-ignored site.ts'],
    );
    assert.deepEqual(await finds('partition-ignored', 'broker_partition_handling: ignore'), [
      'partition-ignored hosts.yml',
    ]);
  });

  it('knows the health port from inventory and playbook', async () => {
    const asked = 'keepalived_check_port: 9101';
    assert.deepEqual(await finds('check-port-wrong', asked), ['check-port-wrong hosts.yml']);
    assert.deepEqual(await finds('check-port-wrong', `${asked}\n    haproxy_health_port: 9101`), []);
    assert.deepEqual(await finds('check-port-wrong', asked, { haproxy: { haproxy_health_port: 9101 } }), []);
    assert.deepEqual(await finds('check-port-wrong', 'haproxy_health_port: 9101'), []);
  });

  it('knows the virtual addresses from inventory and playbook', async () => {
    const client = 'app_url: amqp://app@192.0.2.202:5673';
    assert.deepEqual(await finds('client-port-not-offered', client), []);
    const vips: Given = {
      keepalived: { keepalived_vips: ['192.0.2.202/24'] },
      haproxy: { haproxy_front_port: 5999 },
    };
    assert.notDeepEqual(await finds('client-port-not-offered', client, vips), []);
  });
});

describe('the prefixes of the shipped roles', () => {
  const isRole = (value: unknown): value is Role<VarsSchema> =>
    typeof value === 'function' && 'definition' in value && !('params' in value);
  const definitions = Object.values(shippedModules)
    .flatMap((exported): readonly unknown[] => Object.values(exported))
    .filter(isRole)
    .map(({ definition }) => definition);

  it('begin every variable of their role', () => {
    const stray = definitions.flatMap(({ name, prefix, vars }) =>
      Object.keys(vars.properties).flatMap((variable) =>
        variable.startsWith(prefix) ? [] : [`${name}: ${variable}`],
      ),
    );
    assert.deepEqual(stray, []);
    assert.ok(definitions.length >= 8);
  });

  it('tell apart whose a variable is', () => {
    const longer = definitions
      .map(({ prefix }) => prefix)
      .filter((prefix) => prefix !== 'rabbit_' && prefix.startsWith('rabbit_'));
    assert.deepEqual([...joinSettings.otherPrefixes].sort(), [...new Set(longer)].sort());
  });

  it('are those of the product', () => {
    const families = ['erlang_', 'ha_policy_', 'haproxy_', 'keepalived_', 'rabbit_'];
    assert.deepEqual(
      definitions
        .map(({ prefix }) => prefix)
        .filter((prefix) => !families.some((family) => prefix.startsWith(family))),
      [],
    );
  });
});
