import type { HostSession } from '../host/session.ts';
import type { Fact } from '../model/fact.ts';
import type { CheckedVars, HostView, Report, RoleHost, StepContext } from '../model/role.ts';
import { asPlayError, PlayError } from '../util/errors.ts';

/** What a step needs from the run to ask its questions. */
export interface Asking {
  readonly check: boolean;
  readonly cacheDir: string;
  /** Hosts of the play still in it; a failed one is taken out while the step asks. */
  readonly hosts: () => readonly RoleHost<CheckedVars>[];
  readonly playHosts: readonly HostView[];
  group(name: string): readonly HostView[];
  /** @throws PlayError `unreachable` */
  session(host: string): Promise<HostSession>;
  /** A host of the play could not answer. */
  drop(host: string, error: PlayError): void;
  warn(text: string): void;
  report(report: Report): void;
}

/** The context a role's step asks through. */
export function stepContext(asking: Asking): StepContext<CheckedVars> {
  const inPlay = (name: string) => asking.hosts().some((host) => host.name === name);
  return {
    get hosts() {
      return asking.hosts();
    },
    playHosts: asking.playHosts,
    check: asking.check,
    cacheDir: asking.cacheDir,
    group: (name) => asking.group(name),
    warn: (text) => asking.warn(text),
    report: (report) => asking.report(report),
    async query(hosts, fact) {
      const answers = await Promise.all(hosts.map(({ name }) => answerOf(asking, name, fact, inPlay(name))));
      return new Map(answers.filter((answer) => answer !== undefined));
    },
    async download(host, path, to) {
      return (await asking.session(host.name)).download(path, to);
    },
  };
}

async function answerOf<T>(
  asking: Asking,
  host: string,
  fact: Fact<T>,
  required: boolean,
): Promise<readonly [string, T] | undefined> {
  try {
    const session = await asking.session(host);
    const [reply] = await session.ask([fact], { fresh: fact.fresh ?? false });
    if (reply === undefined || typeof reply === 'string') {
      const how = reply === 'died' ? 'ended the shell it was asked in' : 'was not answered in time';
      throw new PlayError({ kind: 'failed', what: `"${fact.name}" ${how}` });
    }
    return [host, fact.parse(reply)];
  } catch (thrown) {
    const error = asPlayError(thrown, 'failed', { host, task: fact.name });
    if (error.kind === 'aborted') throw error;
    if (required) asking.drop(host, error);
    return undefined;
  }
}
