import ssh2, {
  type BaseAgent,
  type IdentityCallback,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** Milliseconds that an agent may take to list its keys. */
const LIST_TIMEOUT_MS = 5000;

/** One key of an agent, wrapped in an agent that lists only this key, so that keys can be offered one by one. */
export interface AgentKey {
  readonly publicKey: Buffer;
  readonly comment: string;
  readonly agent: BaseAgent;
  /** Why the agent refused to sign with it; `undefined` if it has not refused. */
  refused(): string | undefined;
}

/** The keys of the agent at this socket. Rejects when no agent answers. */
export async function agentKeys(socket: string): Promise<AgentKey[]> {
  const agent = ssh2.createAgent(socket);
  const keys = await new Promise<ParsedKey[]>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer within ${LIST_TIMEOUT_MS / 1000} s`)),
      LIST_TIMEOUT_MS,
    );
    agent.getIdentities((error, found) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve((found ?? []).flatMap(parsed));
    });
  });
  return keys.map((key) => {
    const single = new SingleKeyAgent(agent, key);
    return {
      publicKey: key.getPublicSSH(),
      comment: key.comment,
      agent: single,
      refused: () => single.refusal,
    };
  });
}

class SingleKeyAgent extends ssh2.BaseAgent {
  readonly #agent: BaseAgent;
  readonly #key: ParsedKey;
  refusal: string | undefined;

  constructor(agent: BaseAgent, key: ParsedKey) {
    super();
    this.#agent = agent;
    this.#key = key;
  }

  override getIdentities(done: IdentityCallback): void {
    done(undefined, [this.#key]);
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const finish = typeof options === 'function' ? options : done;
    this.#agent.sign(key, data, typeof options === 'function' ? {} : options, (error, signature) => {
      this.refusal = error?.message;
      finish?.(error, signature);
    });
  }
}

/** Empty for a type of key that is not supported, such as a security key or a certificate. */
function parsed(entry: ParsedKey | PublicKeyEntry | Buffer | string): ParsedKey[] {
  const held = typeof entry === 'object' && 'pubKey' in entry ? entry.pubKey : entry;
  const key = ssh2.utils.parseKey(typeof held === 'object' && 'pubKey' in held ? held.pubKey : held);
  return key instanceof Error ? [] : [key];
}
