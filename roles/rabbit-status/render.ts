import type { Policy } from '../domain/rabbitmq/facts/snapshot.ts';
import type { Status } from './status.ts';

/** The status as a person reads it: one screen. */
export function renderStatus(status: Status): string {
  const { nodes, queues, proxies, policies, vips } = status;
  const rows = nodes.map(({ host, node, type, state, rabbitmq, erlang, certificateEnds }) => [
    host,
    node ?? '-',
    type ?? '-',
    state,
    rabbitmq ?? '-',
    erlang === null ? '-' : `OTP ${erlang}`,
    certificateEnds === null ? '' : `certificate until ${certificateEnds}`,
  ]);
  return [
    `cluster ${status.cluster ?? '(no broker answers)'}${status.store === null ? '' : `, metadata in ${status.store}`}`,
    ...aligned(rows),
    `queues   ${queues.total}, ${queues.degraded.length} without all copies whole, ${queues.single.length} on one node only`,
    ...policies.map(policyLine),
    ...proxies.map(({ host, servers }) => `proxy    ${host}: ${serversLine(servers)}`),
    ...proxies.flatMap(({ host, page }) => (page === null ? [] : [`stats    ${host}: ${page}`])),
    ...vips.map(({ address, holders }) => `address  ${address} on ${holders.join(' and ') || 'no host'}`),
    '',
    ...(status.wrong.length === 0 ? ['all is well'] : status.wrong.map((text) => `WRONG    ${text}`)),
    ...status.remarks.map((text) => `remark   ${text}`),
  ].join('\n');
}

function policyLine({ name, vhost, pattern, applyTo, definition }: Policy): string {
  return `policy   ${name} of ${vhost}: ${applyTo} matching ${pattern}: ${JSON.stringify(definition)}`;
}

function serversLine(servers: Readonly<Record<string, string>> | null): string {
  if (servers === null) return 'HAProxy does not answer';
  return Object.entries(servers)
    .map(([name, state]) => `${name} ${state}`)
    .join(', ');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(width(i))).join('  ')}`.trimEnd());
}
