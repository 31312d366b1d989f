import type { Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { compareVersions } from '../domain/rabbitmq/rules/versions.ts';
import type { NodeType } from './join.ts';

/** The release whose nodes are all alike: Mnesia, which knew ram nodes, is gone from it. */
const WITHOUT_RAM_NODES = '4.3';

/** The type that a node can be; a broker that does not tell its version is taken to be of the seed's. */
export function possibleType(wanted: NodeType, node: Snapshot | undefined, seed: Snapshot): NodeType {
  const version = node?.live?.version ?? seed.live?.version;
  if (!version) return wanted;
  return compareVersions(version, WITHOUT_RAM_NODES) < 0 ? wanted : 'disc';
}
