import type { HostSession } from '../host/session.ts';
import type { Fact } from '../model/fact.ts';
import type { Report } from '../model/role.ts';
import { asPlayError, PlayError } from '../util/errors.ts';
import { type Handoffs, handoffContext } from './handoffs.ts';
import type { StepMode } from './step-context.ts';

/** What a step needs from the run to ask hosts. */
export interface Asking {
  /** Whether a host of the play is still in it. */
  isInPlay(host: string): boolean;
  /** @throws PlayError `unreachable` */
  session(host: string): Promise<HostSession>;
  /** A host of the play could not answer. */
  drop(host: string, error: PlayError): void;
  readonly handoffs: Handoffs;
  warn(text: string): void;
  report(report: Report): void;
}

/** A step in a run, check mode included: hosts are asked, and what it hands on counts. */
export function realMode(asking: Asking): StepMode {
  return {
    ...handoffContext(asking.handoffs),
    warn: (text) => asking.warn(text),
    report: (report) => asking.report(report),
    async query(hosts, fact) {
      const answers = await Promise.all(
        hosts.map(({ name }) => answerOf(asking, name, fact, asking.isInPlay(name))),
      );
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
