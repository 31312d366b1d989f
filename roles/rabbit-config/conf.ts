import type { Vars } from '../domain/rabbitmq/settings/config.ts';
import { KEY } from './partition-files.ts';
import { TLS } from './paths.ts';

/** The settings that the variables ask for, one `key = value` a line. @param nodes node names of the play, for discovery */
export function settings(own: Vars, nodes: readonly string[]): readonly (readonly [string, string])[] {
  const given = Object.entries(own.rabbit_config_settings);
  const made = [
    ...one(
      KEY,
      own.rabbit_config_partition_handling === 'keep' ? undefined : own.rabbit_config_partition_handling,
    ),
    ...one('default_queue_type', own.rabbit_config_default_queue_type),
    ...listeners('tcp', own.rabbit_config_listeners),
    ...one('proxy_protocol', own.rabbit_config_proxy_protocol ? 'true' : undefined),
    ...tls(own),
    ...discovery(own, nodes),
  ];
  return [...made, ...given];
}

/** rabbitmq.conf as it shall be. */
export function conf(own: Vars, nodes: readonly string[]): string {
  const rows = settings(own, nodes).map(([key, value]) => `${key} = ${value}\n`);
  return `# Written by ts-play: what is changed here by hand is undone by the next run.\n${rows.join('')}`;
}

/** Whether anything is asked for at all: else the file is left as it is. */
export function asksForConf(own: Vars): boolean {
  return settings(own, []).length > 0 || own.rabbit_config_peer_discovery !== undefined;
}

function tls(own: Vars): readonly (readonly [string, string])[] {
  if (own.rabbit_config_tls_certificate === undefined) return [];
  return [
    ...listeners('ssl', own.rabbit_config_tls_listeners),
    ...(own.rabbit_config_tls_ca === undefined ? [] : one('ssl_options.cacertfile', `${TLS}/ca.pem`)),
    ...one('ssl_options.certfile', `${TLS}/certificate.pem`),
    ...one('ssl_options.keyfile', `${TLS}/key.pem`),
    ...one('ssl_options.verify', own.rabbit_config_tls_clients === 'ignore' ? 'verify_none' : 'verify_peer'),
    ...one('ssl_options.fail_if_no_peer_cert', String(own.rabbit_config_tls_clients === 'require')),
    ...own.rabbit_config_tls_versions.flatMap((version, i) => one(`ssl_options.versions.${i + 1}`, version)),
  ];
}

function discovery(own: Vars, nodes: readonly string[]): readonly (readonly [string, string])[] {
  if (own.rabbit_config_peer_discovery === undefined) return [];
  return [
    ...one('cluster_formation.peer_discovery_backend', own.rabbit_config_peer_discovery),
    ...nodes.flatMap((node, i) => one(`cluster_formation.classic_config.nodes.${i + 1}`, node)),
  ];
}

function listeners(kind: 'tcp' | 'ssl', where: readonly string[] | undefined) {
  if (where === undefined) return [];
  if (where.length === 0) return one(`listeners.${kind}`, 'none');
  return where.flatMap((address, i) => one(`listeners.${kind}.${i + 1}`, address));
}

function one(key: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[key, value]];
}
