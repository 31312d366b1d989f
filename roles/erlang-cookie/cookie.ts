import { createHash } from 'node:crypto';
import {
  type Change,
  defineFact,
  defineTask,
  lines,
  type Reply,
  type Script,
  type Secret,
  secret,
  sh,
  type TaskType,
} from '../../lib/index.ts';
import { bootOver, defineLastWords, defineLone, defineNeverBooted } from '../domain/rabbitmq/scripts/boot.ts';
import {
  BROKER_HOME,
  BROKER_SERVICE,
  BROKER_USER,
  evaluate,
  setNode,
  underLock,
} from '../domain/rabbitmq/scripts/commands.ts';

/** Where the broker's own cookie lies. */
export const COOKIE_FILE = `${BROKER_HOME}/.erlang.cookie`;
/** Where changes that are owed are noted. */
const OWED = '/var/lib/ts-play/owed';
/** Stands from before a running broker is touched until it runs with the file's cookie, so that a run that dies in between is made good. */
const STOPPED = `${OWED}/erlang-cookie--start`;

export interface CookieWant {
  readonly cookie: Secret;
}

export interface CookieState {
  /** As in `400 rabbitmq rabbitmq`; undefined where there is no cookie. */
  readonly access: string | undefined;
  /** Hex. */
  readonly sha256: string | undefined;
  /** The broker was stopped for a new cookie and has not been started again. */
  readonly stopped: boolean;
}

/** Prints the hex sha256 of the file's value. */
export const hashOfFile: Script = sh`tr -d '\n' <${COOKIE_FILE} | sha256sum | cut -d' ' -f1`;

const ACCESS = `400 ${BROKER_USER} ${BROKER_USER}`;

const held = defineFact({
  name: 'Erlang cookie',
  script: sh`f=${COOKIE_FILE}
if [ -f "$f" ]; then
  echo "access=$(stat -c '%a %U %G' "$f")"
  echo "sha256=$(${hashOfFile})"
fi
if [ -e ${STOPPED} ]; then echo stopped=yes; fi
id -u ${BROKER_USER} >/dev/null 2>&1 || echo user=missing`,
  parse,
});

/** The broker's Erlang cookie: right value, 0400, owned by the broker. Only hashes are compared and shown. */
export const cookieType: TaskType<CookieWant, CookieState> = {
  name: 'erlang-cookie',
  title: () => `Erlang cookie ${COOKIE_FILE}`,
  claims: ({ cookie }) => ({ [`file ${COOKIE_FILE}`]: cookie.fingerprint() }),
  fact: () => held,
  diff,
  apply,
};

export const cookie = defineTask(cookieType);

function parse({ stdout }: Reply): CookieState {
  if (/^user=missing$/m.test(stdout))
    throw new Error(`there is no user ${BROKER_USER}: RabbitMQ is not installed`);
  return {
    access: /^access=(.*)$/m.exec(stdout)?.[1],
    sha256: /^sha256=(.*)$/m.exec(stdout)?.[1],
    stopped: /^stopped=yes$/m.test(stdout),
  };
}

function diff(state: CookieState, { cookie: wanted }: CookieWant): readonly Change[] {
  const changes = [...valueChange(state.sha256, wanted)];
  if (state.access !== undefined && state.access !== ACCESS) {
    changes.push({ what: 'access', from: state.access, to: ACCESS });
  }
  if (state.stopped) changes.push({ what: 'broker', from: 'stopped', to: 'started' });
  return changes;
}

/** Whether the file's value changes. @param held the hex sha256 of its value, as {@link hashOfFile} gives it */
export function valueChange(held: string | undefined, wanted: Secret): readonly Change[] {
  const sha256 = createHash('sha256').update(wanted.reveal()).digest('hex');
  return held === sha256 ? [] : [{ what: 'cookie', from: short(held), to: short(sha256) }];
}

function apply({ cookie: wanted }: CookieWant, changes: readonly Change[]): Script {
  const replaced = changes.some(({ what }) => what === 'cookie');
  if (!replaced)
    return lines(
      underLock,
      sh`chown ${BROKER_USER}:${BROKER_USER} ${COOKIE_FILE}`,
      sh`chmod 0400 ${COOKIE_FILE}`,
      startAgain,
    );
  return lines(
    underLock,
    bootOver,
    sh`told=
case $(systemctl show -p ActiveState --value ${BROKER_SERVICE}) in
  active|activating|reloading|deactivating)
    mkdir -p ${OWED}
    touch ${STOPPED}
    if [ "$( ${evaluate(setCookie(wanted))} )" = '{ok, true}' ]; then told=yes
    # The unit's own stop command shows the old cookie to the node, so the node is stopped first.
    else systemctl stop ${BROKER_SERVICE}; fi ;;
esac`,
    put(wanted, sh`chown ${BROKER_USER}:${BROKER_USER} "$t"`),
    // Now the file's cookie must be the node's as well.
    sh`if [ -n "$told" ] && ! ${evaluate('node().')} >/dev/null; then systemctl restart ${BROKER_SERVICE}; fi`,
    startAgain,
  );
}

/** Writes the file, whole or not at all. @param own gives `$t` to its owner */
export function put(wanted: Secret, own: Script): Script {
  return sh`umask 077
t=$(mktemp ${`${BROKER_HOME}/.erlang.cookie.XXXXXX`})
trap 'rm -f "$t"' EXIT
printf '%s' ${wanted} >"$t"
${own}
chmod 0400 "$t"
sync "$t"
mv -f "$t" ${COOKIE_FILE}`;
}

/**
 * A running node takes a new cookie without a restart: it counts for connections that are made from then on. One that
 * waits for its cluster to start does not: it has looked for the others with its old cookie, and never looks again.
 */
function setCookie(wanted: Secret): Secret {
  const codes = [...Buffer.from(wanted.reveal(), 'latin1')];
  return secret(
    `true = rabbit:is_running() orelse [node()] =:= rabbit_mnesia:cluster_nodes(all), erlang:set_cookie(node(), list_to_atom([${codes.join(',')}])).`,
  );
}

const startAgain = sh`if [ -e ${STOPPED} ]; then
  systemctl start ${BROKER_SERVICE} || ( ${setNode}
    ${defineLone}
    ${defineNeverBooted}
    ${defineLastWords}
    # One that was cut off in its first boot is seen to afterwards.
    { never_booted && lone; } || { cannot_boot; exit 1; } )
  rm -f ${STOPPED}
fi`;

/** A hash, cut to what tells two apart. */
function short(sha256: string | undefined): string {
  return sha256 === undefined ? 'none' : `sha256:${sha256.slice(0, 12)}`;
}
