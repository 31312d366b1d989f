import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod } from 'ssh2';
import type { Secret } from '../../util/secret.ts';
import { fingerprint } from '../known-hosts.ts';
import { type AgentKey, agentKeys } from './agent.ts';
import { type KeyFile, readKeyFile } from './keys.ts';
import type { SshTarget } from './target.ts';

/** One thing to log in with. */
interface Offer {
  /** As errors name it. */
  readonly label: string;
  /** As hosts name the kinds they take. */
  readonly kind: AuthenticationType;
  /** Made anew for every try. */
  readonly method: () => AnyAuthMethod;
  /** Why it is of no use any more. */
  readonly spoilt?: () => string | undefined;
  /** The same is offered in another way already, and a second time would use up the host's MaxAuthTries. */
  readonly redundant?: () => boolean;
}

/** ssh2's question what to try next, given what the host still takes (null before the first try). */
export type NextMethod = (left: AuthenticationType[] | null) => AnyAuthMethod | false;

/** Everything there is to log in to one host with. */
export interface Login {
  /** Nothing at all to try. */
  readonly empty: boolean;
  /** A fresh round for one connection attempt, to be used as ssh2's `authHandler`. */
  methods(mayOfferPassword: () => boolean): NextMethod;
  /** What was tried and what could not be, one a line. */
  report(): string[];
  /** The kinds of login the host says it takes, once it has said so. */
  accepted(): readonly string[];
}

/** Reads the keys and asks the agent. What is wrong with them is kept for {@link Login.report}. */
export async function prepareLogin(target: SshTarget): Promise<Login> {
  const problems: string[] = [];
  const files = await Promise.all(target.privateKeyFiles.map((file) => readKeyFile(file, target.passphrase)));
  const held = target.agent ? await askAgent(target.agent, problems) : [];
  const offers = [
    ...agentOffers(target, held, files),
    ...fileOffers(target, held, files, problems),
    ...passwordOffers(target.user, target.password),
  ];
  const tried = new Set<string>();
  let accepted: readonly string[] = [];
  let withheld: string | undefined;
  return {
    empty: offers.length === 0,
    methods(mayOfferPassword) {
      const queue = offers.filter(({ spoilt, redundant }) => !spoilt?.() && !redundant?.());
      tried.clear();
      return (left) => {
        if (left) accepted = left;
        for (let offer = queue.shift(); offer; offer = queue.shift()) {
          if (left && !left.includes(offer.kind)) continue;
          if (offer.kind !== 'publickey' && !mayOfferPassword()) {
            withheld = `${offer.label} is not sent, since the host key is not the one that is known`;
            continue;
          }
          tried.add(offer.label);
          return offer.method();
        }
        return false;
      };
    },
    report: () => [
      ...[...tried].map((label) => `tried ${label}`),
      ...offers.flatMap(({ label, spoilt }) => (spoilt?.() ? [`could not use ${label}: ${spoilt()}`] : [])),
      ...(withheld ? [withheld] : []),
      ...problems,
    ],
    accepted: () => accepted,
  };
}

async function askAgent(socket: string, problems: string[]): Promise<AgentKey[]> {
  try {
    const keys = await agentKeys(socket);
    if (keys.length === 0) problems.push(`the ssh-agent at ${socket} holds no key`);
    return keys;
  } catch (error) {
    problems.push(`the ssh-agent at ${socket} can't be asked: ${(error as Error).message}`);
    return [];
  }
}

/** As OpenSSH: the agent's keys that were named come before its others, so that few tries are wasted. */
function agentOffers(target: SshTarget, held: readonly AgentKey[], files: readonly KeyFile[]): Offer[] {
  const named = held.filter((key) => files.some((file) => file.publicKey?.equals(key.publicKey)));
  const others = target.identitiesOnly ? [] : held.filter((key) => !named.includes(key));
  return [...named, ...others].map((key) => ({
    label: `agent key ${fingerprint(key.publicKey)}${key.comment ? ` (${key.comment})` : ''}`,
    kind: 'publickey',
    method: () => ({ type: 'agent', username: target.user, agent: key.agent }),
    spoilt: key.refused,
  }));
}

function fileOffers(
  target: SshTarget,
  held: readonly AgentKey[],
  files: readonly KeyFile[],
  problems: string[],
): Offer[] {
  return files.flatMap((found): Offer[] => {
    const inAgent = held.find((key) => found.publicKey?.equals(key.publicKey));
    const { key } = found;
    if (!key) {
      if (!inAgent) problems.push(`${found.file} ${found.problem}`);
      return [];
    }
    return [
      {
        label: `${found.file} ${fingerprint(key.getPublicSSH())}`,
        kind: 'publickey',
        method: () => ({ type: 'publickey', username: target.user, key }),
        redundant: () => inAgent !== undefined && inAgent.refused() === undefined,
      },
    ];
  });
}

function passwordOffers(username: string, password: Secret | undefined): Offer[] {
  if (!password) return [];
  return [
    {
      label: 'the password',
      kind: 'password',
      method: () => ({ type: 'password', username, password: password.reveal() }),
    },
    {
      label: 'the password, by keyboard-interactive',
      kind: 'keyboard-interactive',
      method() {
        let asked = false;
        const prompt: KeyboardInteractiveAuthMethod['prompt'] = (_name, _text, _lang, prompts, finish) => {
          // Only the first hidden questions are taken for the password; a later one wants something else.
          finish(prompts.map(({ echo }) => (echo || asked ? '' : password.reveal())));
          asked = true;
        };
        return { type: 'keyboard-interactive', username, prompt };
      },
    },
  ];
}
