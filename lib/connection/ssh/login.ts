import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod } from 'ssh2';
import type { Secret } from '../../util/secret.ts';
import { fingerprint } from '../known-hosts.ts';
import { type AgentKey, agentKeys } from './agent.ts';
import { type KeyFile, readKeyFile } from './keys.ts';
import type { SshTarget } from './target.ts';

/** One credential. */
interface Offer {
  /** Its name in errors. */
  readonly label: string;
  /** Its authentication method, as in the list that hosts send. */
  readonly kind: AuthenticationType;
  /** Called for every attempt. */
  readonly method: () => AnyAuthMethod;
  /** Why it can't be used any more, if so. */
  readonly unusable?: () => string | undefined;
  /** Whether the same key is offered in another way already; a second time would count towards the host's MaxAuthTries. */
  readonly isRedundant?: () => boolean;
}

/** ssh2 calls it for the next method; `left` are the methods that the host still accepts (null before the first try). */
export type NextMethod = (left: AuthenticationType[] | null) => AnyAuthMethod | false;

/** All credentials for one host. */
export interface Login {
  /** Whether there are no credentials. */
  readonly empty: boolean;
  /** Starts a new connection attempt; the result is ssh2's `authHandler`. */
  methods(mayOfferPassword: () => boolean): NextMethod;
  /** What was tried and what could not be used, as lines of text. */
  report(): string[];
  /** The authentication methods that the host accepts; empty until it has sent them. */
  accepted(): readonly string[];
}

/** Reads the keys, from files and from the agent. Problems with them are kept for {@link Login.report}. */
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
      const queue = offers.filter(({ unusable, isRedundant }) => !unusable?.() && !isRedundant?.());
      tried.clear();
      return (left) => {
        if (left) accepted = left;
        for (let offer = queue.shift(); offer; offer = queue.shift()) {
          if (left && !left.includes(offer.kind)) continue;
          if (offer.kind !== 'publickey' && !mayOfferPassword()) {
            withheld = `${offer.label} is not sent, because the host key differs from the known one`;
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
      ...offers.flatMap(({ label, unusable }) =>
        unusable?.() ? [`could not use ${label}: ${unusable()}`] : [],
      ),
      ...(withheld ? [withheld] : []),
      ...problems,
    ],
    accepted: () => accepted,
  };
}

async function askAgent(socket: string, problems: string[]): Promise<AgentKey[]> {
  try {
    const keys = await agentKeys(socket);
    if (keys.length === 0) problems.push(`the ssh-agent at ${socket} has no keys`);
    return keys;
  } catch (error) {
    problems.push(`the ssh-agent at ${socket} does not answer: ${(error as Error).message}`);
    return [];
  }
}

/** Like OpenSSH, offers the agent's keys that are also among the files before the others, to save attempts. */
function agentOffers(target: SshTarget, held: readonly AgentKey[], files: readonly KeyFile[]): Offer[] {
  const named = held.filter((key) => files.some((file) => file.publicKey?.equals(key.publicKey)));
  const others = target.identitiesOnly ? [] : held.filter((key) => !named.includes(key));
  return [...named, ...others].map((key) => ({
    label: `agent key ${fingerprint(key.publicKey)}${key.comment ? ` (${key.comment})` : ''}`,
    kind: 'publickey',
    method: () => ({ type: 'agent', username: target.user, agent: key.agent }),
    unusable: key.refused,
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
        isRedundant: () => inAgent !== undefined && inAgent.refused() === undefined,
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
          // Only the first hidden prompts ask for the password; a later one asks for something else.
          finish(prompts.map(({ echo }) => (echo || asked ? '' : password.reveal())));
          asked = true;
        };
        return { type: 'keyboard-interactive', username, prompt };
      },
    },
  ];
}
