import { openConnection } from '../connection/open.ts';
import { HostSession } from '../host/session.ts';
import { withExtraVars } from '../inventory/extra-vars.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { Redactor } from '../redact.ts';
import { secret } from '../secret.ts';
import { type Script, sh } from '../sh.ts';

/** What the demo's cluster says of itself. */
export interface Standing {
  readonly lines: readonly string[];
  /** What isn't as it should be; empty is well. */
  readonly wrong: readonly string[];
}

/** Asks the hosts of the demo's inventory what stands: the broker, both stats pages, the kernel's addresses. */
export async function readStanding(given: Inventory, lab: string): Promise<Standing> {
  const inventory = withExtraVars(given, { lab_name: lab });
  const brokers = groupOf(inventory, 'brokers');
  const proxies = groupOf(inventory, 'proxies');
  const [first] = brokers;
  if (first === undefined) return { lines: [], wrong: ['the inventory has no brokers'] };
  const [cluster, policies] = await ask(first, [
    sh`rabbitmqctl -q cluster_status --formatter json`,
    sh`rabbitmqctl -q list_policies --formatter json`,
  ]);
  const fronts = await Promise.all(proxies.map(readProxy));
  const parts = [
    nodesPart(parse(cluster), brokers),
    policiesPart(parse(policies)),
    ...fronts.map((front) => backendsPart(front, brokers.length)),
    vipPart(fronts, proxies),
  ];
  return { lines: parts.flatMap(({ lines }) => lines), wrong: parts.flatMap(({ wrong }) => wrong) };
}

interface ClusterStatus {
  readonly disk_nodes: readonly string[];
  readonly ram_nodes: readonly string[];
  readonly running_nodes: readonly string[];
  readonly cluster_name: string;
}

interface Front {
  readonly host: string;
  /** HTTP status of the stats page without a password. */
  readonly refused: string;
  /** The stats page's CSV. */
  readonly csv: string;
  readonly addresses: string;
  readonly statsUrl: string;
}

function nodesPart(status: ClusterStatus | undefined, brokers: readonly Host[]): Standing {
  if (status === undefined) return { lines: [], wrong: ['the broker does not answer'] };
  const typed = [
    ...status.disk_nodes.map((node) => ({ node, type: 'disc' })),
    ...status.ram_nodes.map((node) => ({ node, type: 'ram' })),
  ].sort((a, b) => a.node.localeCompare(b.node));
  const down = typed.filter(({ node }) => !status.running_nodes.includes(node)).map(({ node }) => node);
  const rams = brokers.filter(({ vars }) => vars.rabbit_node_type === 'ram').length;
  return {
    lines: [
      `  cluster ${status.cluster_name}`,
      ...typed.map(
        ({ node, type }) =>
          `    ${node.padEnd(20)} ${type.padEnd(5)} ${down.includes(node) ? 'DOWN' : 'running'}`,
      ),
    ],
    wrong: [
      ...down.map((node) => `${node} is not running`),
      ...(typed.length === brokers.length
        ? []
        : [`the cluster has ${typed.length} nodes, not ${brokers.length}`]),
      ...(status.ram_nodes.length === rams
        ? []
        : [`${status.ram_nodes.length} nodes are ram nodes, not ${rams}`]),
    ],
  };
}

interface ListedPolicy {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly definition: string;
}

function policiesPart(policies: readonly ListedPolicy[] | undefined): Standing {
  const lines = (policies ?? []).map(
    ({ vhost, name, pattern, definition }) => `    ${name} on ${vhost}, queues ${pattern}: ${definition}`,
  );
  return {
    lines: ['  policy', ...lines],
    wrong: lines.length === 1 ? [] : [`there are ${lines.length} policies, not 1`],
  };
}

function backendsPart({ host, refused, csv, statsUrl }: Front, brokers: number): Standing {
  const servers = csv
    .split('\n')
    .map((line) => line.split(','))
    .filter(([, name, ...rest]) => name && !['FRONTEND', 'BACKEND', 'svname'].includes(name) && rest[15])
    .map(([, name = '', ...rest]) => ({ name, status: rest[15] ?? '' }));
  const up = servers.filter(({ status }) => status.startsWith('UP'));
  return {
    lines: [
      `  proxy ${host}`,
      `    backends  ${servers.map(({ name, status }) => `${name} ${status}`).join(', ')}`,
      `    stats     ${statsUrl}`,
    ],
    wrong: [
      ...(up.length === brokers ? [] : [`${host}: ${up.length} of ${brokers} backends are up`]),
      ...(refused === '401' ? [] : [`${host}: the stats page answers ${refused} without a password`]),
    ],
  };
}

function vipPart(fronts: readonly Front[], proxies: readonly Host[]): Standing {
  const vips = (proxies[0]?.vars.keepalived_vips ?? []) as readonly string[];
  const each = vips.map((vip) => {
    const address = vip.split('/')[0] ?? vip;
    const holders = fronts.filter(({ addresses }) => addresses.split(/[\s/]+/).includes(address));
    return { address, holders: holders.map(({ host }) => host) };
  });
  return {
    lines: each.map(
      ({ address, holders }) => `  virtual IP ${address} is on ${holders.join(' and ') || 'no host'}`,
    ),
    wrong: each
      .filter(({ holders }) => holders.length !== 1)
      .map(({ address, holders }) => `${address} is on ${holders.length} hosts`),
  };
}

async function readProxy(host: Host): Promise<Front> {
  const {
    haproxy_stats_user: user = 'admin',
    haproxy_stats_password: password,
    ansible_host: address,
  } = host.vars;
  const login = secret(`user = "${String(user)}:${String(password)}"\n`);
  const url = `http://127.0.0.1:${String(host.vars.haproxy_stats_port ?? 8100)}${String(host.vars.haproxy_stats_uri ?? '/stats')}`;
  const [refused = '', csv = '', addresses = ''] = await ask(host, [
    sh`curl -s -o /dev/null -w '%{http_code}' ${url}`,
    sh`printf '%s' ${login} | curl -s -K - ${`${url};csv`}`,
    sh`ip -o -4 addr show`,
  ]);
  const shown = url.replace('127.0.0.1', String(address));
  return {
    host: host.name,
    refused,
    csv,
    addresses,
    statsUrl: `${shown}  login ${String(user)} / ${String(password)}`,
  };
}

async function ask(host: Host, scripts: readonly Script[]): Promise<readonly (string | undefined)[]> {
  const connection = await openConnection(host, {});
  const session = new HostSession(host.name, connection, undefined, new Redactor(), { value: 0 });
  try {
    const answers = await session.ask(scripts.map((script) => ({ script })));
    return answers.map((answer) => (typeof answer === 'object' ? answer.stdout : undefined));
  } finally {
    await session.close();
  }
}

function groupOf(inventory: Inventory, group: string): readonly Host[] {
  return (inventory.groups.get(group) ?? []).flatMap((name) => inventory.hosts.get(name) ?? []);
}

/** The JSON in what a tool printed; some versions print warnings before it. */
function parse<T>(text: string | undefined): T | undefined {
  const start = text?.search(/^[[{]/m) ?? -1;
  return text === undefined || start < 0 ? undefined : (JSON.parse(text.slice(start)) as T);
}
