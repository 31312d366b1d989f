import { defineFact, defineTask, lines, sh, type TaskType } from '../../lib/index.ts';
import { BROKER_HOME } from '../domain/rabbitmq/scripts/commands.ts';
import { COOKIE_FILE, type CookieWant, hashOfFile, put, valueChange } from './cookie.ts';

/** Asks whether there is no broker yet, whose package would start it as soon as it comes. */
export const askMissing = defineFact<boolean>({
  name: 'whether the broker is still to come',
  script: sh`if [ ! -e /usr/lib/rabbitmq/bin ]; then echo missing; fi`,
  parse: ({ stdout }) => stdout.trim() === 'missing',
});

/** The hex sha256 of the cookie that lies there; undefined where there is none. */
const hash = defineFact({
  name: 'Erlang cookie',
  script: sh`if [ -f ${COOKIE_FILE} ]; then ${hashOfFile}; fi`,
  parse: ({ stdout }) => stdout.trim() || undefined,
});

/**
 * The cookie, laid where the broker's account is to live before the package brings both. The package keeps it, makes it the
 * account's, and starts the broker with it: its first boot is the last one that is needed.
 */
export const earlyCookieType: TaskType<CookieWant, string | undefined> = {
  name: 'erlang-cookie-early',
  title: () => 'Erlang cookie, before the broker comes',
  claims: ({ cookie }) => ({ [`file ${COOKIE_FILE}`]: cookie.fingerprint() }),
  fact: () => hash,
  diff: (held, { cookie }) => valueChange(held, cookie),
  apply: ({ cookie }) => lines(sh`mkdir -p ${BROKER_HOME}`, put(cookie, sh`:`)),
};

export const earlyCookie = defineTask(earlyCookieType);
