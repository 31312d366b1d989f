import { defineFact, type Reply, type Script, sh } from '../../../../lib/index.ts';
import { fieldsOf } from '../../fields.ts';
import { askErlang, parseAnswer } from '../erlang/ask-erlang.ts';
import { SNAPSHOT_EXPRESSION } from '../erlang/snapshot-expression.ts';
import { defineLastWords, defineLone, defineNeverBooted } from '../scripts/boot.ts';
import { BROKER_SERVICE, setNode } from '../scripts/commands.ts';
import { nodeNames } from './node-names.ts';

export interface BrokerUser {
  readonly name: string;
  readonly tags: readonly string[];
  /** Base64 of salt and hash. */
  readonly hash: string;
  /** As in `rabbit_password_hashing_sha256`. */
  readonly algorithm: string;
}

export interface Permission {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface Policy {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: string;
  readonly priority: number;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** What a live broker says of itself and its cluster; null is what it couldn't tell, as when its app is stopped. */
export interface Live {
  readonly node: string;
  readonly version: string | null;
  readonly running: boolean;
  readonly members: readonly string[] | null;
  readonly up: readonly string[] | null;
  readonly ram: readonly string[];
  readonly clusterName: string | null;
  readonly partitions: readonly string[];
  /** What it does when it loses sight of others, as in `pause_minority`, whoever set it. */
  readonly partitionHandling: string | null;
  readonly vhosts: readonly string[] | null;
  readonly users: readonly BrokerUser[] | null;
  readonly permissions: readonly Permission[] | null;
  readonly policies: readonly Policy[] | null;
  readonly operatorPolicies: readonly Policy[] | null;
  /** By virtual host; null where none is set. */
  readonly defaultQueueTypes: Readonly<Record<string, string | null>> | null;
  readonly queues: number | null;
  /** Exchanges beside the predeclared ones. */
  readonly exchanges: number | null;
  /** Runtime parameters, such as shovels, without policies. */
  readonly parameters: number | null;
  /** Erlang applications that run: active plugins are among them. */
  readonly applications: readonly string[];
}

/** What the node's data folder says, also when the broker is down. */
export interface Disk {
  /** The data folder is there. */
  readonly present: boolean;
  /** Node names in `cluster_nodes.config`; empty when there is none. */
  readonly members: readonly string[];
  /** Those of them that are disc nodes. */
  readonly disc: readonly string[];
  /** Folders that hold queues and streams. */
  readonly stored: number;
  /** Plugins in `enabled_plugins`, which the broker starts with. */
  readonly plugins: readonly string[];
  /** No boot of it has come so far that anything could be kept in it: see {@link isHalfMade}. */
  readonly neverBooted?: true;
}

export interface Snapshot {
  /** Node name, as in `rabbit@hadoop001`. */
  readonly node: string;
  /** systemd's ActiveState of the broker's unit. */
  readonly unit: string;
  /** The last words of its log, where its unit has failed or is started again and again. */
  readonly failing?: string;
  readonly live: Live | undefined;
  readonly disk: Disk;
}

/**
 * Reads a broker's state, live and on disk, in one look. One that is just starting is waited for, up to 30 s, and up to 45
 * where it needs no other: by then one that can't boot has given up.
 */
export const snapshotScript: Script = sh`${setNode}
${defineLone}
${defineNeverBooted}
${defineLastWords}
n=0 failing=
while
  show=$(systemctl show -p ActiveState,SubState,NRestarts ${BROKER_SERVICE} 2>/dev/null)
  case $show in
    *NRestarts=[1-9]*) [ "$n" -lt 30 ] && ! { never_booted && lone; } ;;
    *) [ "$n" -lt 30 ] || { [ "$n" -lt 45 ] && lone && ! stuck; } ;;
  esac && case $show in *SubState=start | *SubState=start[!a-z-]*) ;; *) false ;; esac
do sleep 1; n=$((n + 1)); done
unit=\${show##*ActiveState=} unit=\${unit%%[!a-z-]*}
echo "node=$node"
echo "unit=$unit"
case $unit$show in
  failed* | activating*SubState=auto-restart* | activating*NRestarts=[1-9]*) failing=yes ;;
  activating*) if stuck; then failing=yes; fi ;;
esac
if [ -n "$failing" ]; then
  echo failing=yes
  last_words | sed 's/^/said: /'
fi
if never_booted; then echo never-booted=yes; fi
if [ -d "$d" ]; then echo present=yes; fi
if [ -r "$d/cluster_nodes.config" ]; then echo "members=$(tr -d ' \n' <"$d/cluster_nodes.config")"; fi
set -- "$d"/msg_stores/vhosts/*/queues/*; if [ -e "$1" ]; then echo "stored=$#"; fi
set -- "$d"/quorum/*/*/; if [ -e "$1" ]; then echo "quorum=$#"; fi
set -- "$d"/stream/*/; if [ -e "$1" ]; then echo "stream=$#"; fi
f=/etc/rabbitmq/enabled_plugins
if [ -r "$f" ]; then echo "plugins=$(tr -d ' \n' <"$f")"; fi
${askErlang(SNAPSHOT_EXPRESSION)}`;

/** @throws Error when the answer is none */
export function parseSnapshot(reply: Reply): Snapshot {
  const { stdout, stderr } = reply;
  const fields = fieldsOf(stdout);
  const node = fields.get('node');
  if (!node?.includes('@')) {
    throw new Error(`the broker's state could not be read: ${stderr || 'no node name'}`);
  }
  return {
    node,
    unit: fields.get('unit') || 'unknown',
    ...(fields.has('failing')
      ? { failing: [...stdout.matchAll(/^said: (.*)$/gm)].map(([, line]) => line).join('\n') }
      : {}),
    live: parseAnswer<Live>(reply),
    disk: {
      present: fields.has('present'),
      members: nodeNames(fields.get('members')),
      // As in `{[all],[disc]}.`
      disc: nodeNames(fields.get('members')?.split('],[')[1]),
      stored: ['stored', 'quorum', 'stream'].reduce((sum, kind) => sum + Number(fields.get(kind) ?? 0), 0),
      plugins: fields.get('plugins')?.match(/[a-z][A-Za-z0-9_@]*/g) ?? [],
      ...(fields.has('never-booted') ? { neverBooted: true as const } : {}),
    },
  };
}

/** Whether the broker runs: its VM is up and its application started. */
export function isRunning({ live }: Snapshot): boolean {
  return live?.running === true;
}

/** All nodes that a node counts to its cluster, itself included, by its own word or by its disk. */
export function knownMembers({ live, disk }: Snapshot): readonly string[] {
  return live?.members ?? disk.members;
}

/** A host's broker: its own state, and what it knows of its cluster. */
export const askBroker = defineFact({
  name: 'state of the broker',
  script: snapshotScript,
  parse: parseSnapshot,
});
