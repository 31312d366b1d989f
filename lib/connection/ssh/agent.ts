import ssh2, {
  type BaseAgent,
  type IdentityCallback,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** How long an agent may take to list its keys, in ms. */
const PATIENCE = 5000;

/** A key an agent holds, as an agent of its own that knows nothing else: so every key can be offered in its turn. */
export interface AgentKey {
  readonly publicKey: Buffer;
  readonly comment: string;
  readonly agent: BaseAgent;
  /** Why the agent would not sign with it, once that has happened. */
  refused(): string | undefined;
}

/** The keys of the agent behind this socket. Rejects when there is no agent. */
export async function agentKeys(socket: string): Promise<AgentKey[]> {
  const agent = ssh2.createAgent(socket);
  const keys = await new Promise<ParsedKey[]>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
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

/** An agent may hold kinds of key (security keys, certificates) that can't be used here: those are left out. */
function parsed(entry: ParsedKey | PublicKeyEntry | Buffer | string): ParsedKey[] {
  const held = typeof entry === 'object' && 'pubKey' in entry ? entry.pubKey : entry;
  const key = ssh2.utils.parseKey(typeof held === 'object' && 'pubKey' in held ? held.pubKey : held);
  return key instanceof Error ? [] : [key];
}
