import { defineFact, type Reply, type Script, sh } from '../../lib/index.ts';
import { DROP_INS, ENV, FOLDER, PARTITIONS } from './paths.ts';

/** The setting in rabbitmq.conf that says what a broker does in a network partition. */
export const KEY = 'cluster_partition_handling';

/** What a host's files say of network partitions. */
export interface PartitionFiles {
  /** What our own drop-in says; undefined where there is none. */
  readonly ours: string | undefined;
  /** What other files say, in the order in which the broker reads them: the last one counts. */
  readonly files: readonly { readonly path: string; readonly value: string }[];
  /** Where it looks for drop-ins instead of our place; undefined where it reads ours. */
  readonly elsewhere: string | undefined;
}

/** As the broker finds its files: rabbitmq-env.conf may name others. */
const script: Script = sh`c= a= d=
if [ -r ${ENV} ]; then
  c=$(. ${ENV} >/dev/null 2>&1; echo "\${CONFIG_FILE:-\${RABBITMQ_CONFIG_FILE:-}}")
  a=$(. ${ENV} >/dev/null 2>&1; echo "\${ADVANCED_CONFIG_FILE:-\${RABBITMQ_ADVANCED_CONFIG_FILE:-}}")
  d=$(. ${ENV} >/dev/null 2>&1; echo "\${CONFIG_FILES:-\${RABBITMQ_CONFIG_FILES:-}}")
fi
c=\${c:-${FOLDER}/rabbitmq} a=\${a:-${FOLDER}/advanced.config}
case $d in '' | ${DROP_INS} | ${DROP_INS}/ | ${DROP_INS}/\* | ${DROP_INS}/\*.conf) d=${DROP_INS}/*.conf ;; *) echo "elsewhere=$d" ;; esac
if [ -d "$d" ]; then d=$d/*; fi
in_conf() { sed -n 's/^[[:space:]]*${KEY}[[:space:]]*=[[:space:]]*\([a-z_]*\).*/\1/p' "$1" | sed -n '$p'; }
in_erlang() { sed 's/%.*//' "$1" | tr -d ' \t\r\n' | sed -n "s/.*${KEY}'*,[{']*\\([a-z_]*\\).*/\\1/p"; }
look() {
  case $1 in *.config) v=$(in_erlang "$1") ;; *) v=$(in_conf "$1") ;; esac
  if [ -z "$v" ]; then return; fi
  case $1 in ${PARTITIONS}) echo "ours=$v" ;; *) echo "said=$v $1" ;; esac
}
for f in "$c" "$c.config" "$c.conf"; do
  if [ -f "$f" ]; then look "$f"; break; fi
done
for f in $d; do
  if [ -f "$f" ]; then look "$f"; fi
done
if [ -f "$a" ]; then look "$a"; fi`;

/** Asks a host's files, so that nothing is set that somebody else has set already. */
export const askPartitionFiles = defineFact<PartitionFiles>({
  name: 'what is said of network partitions',
  script,
  parse,
});

function parse({ stdout }: Reply): PartitionFiles {
  const lines = stdout.split('\n');
  const after = (word: string) =>
    lines.find((line) => line.startsWith(`${word}=`))?.slice(word.length + 1) || undefined;
  return {
    ours: after('ours'),
    files: lines.flatMap((line) => {
      const [, value, path] = /^said=(\S+) (.+)$/.exec(line) ?? [];
      return value && path ? [{ path, value }] : [];
    }),
    elsewhere: after('elsewhere'),
  };
}
