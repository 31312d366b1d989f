/** What one run's clients do, as it comes on their standard input. */
export interface ClientSpec {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Told apart by this: a message of another run is unexpected. */
  readonly run: string;
  readonly queues: readonly QueueSpec[];
  /** Publishers of each queue; so many that each broker gets some. */
  readonly publishers: number;
  /** Messages a second of each publisher. */
  readonly rate: number;
  /** Seconds after which the clients end, whoever forgot them. */
  readonly atMost: number;
}

/** A queue that is written to and read from. */
export interface QueueSpec {
  /** What it is called in the ledger, as in `quorum`. */
  readonly kind: string;
  readonly vhost: string;
  readonly name: string;
  readonly type: 'quorum' | 'classic';
  readonly durable: boolean;
  /** Expected to fail: it shows that the proof can. */
  readonly control: boolean;
  /** Read while it is written; else only in the end. */
  readonly consumed: boolean;
}

/**
 * What happened, in the order it did; times in milliseconds since the epoch. `confirm` and `sent` have the publisher
 * and the number of its message, `deliver` the queue's kind and the message as it came.
 */
export type Happening =
  | readonly ['confirm', number, string, number]
  | readonly ['sent', number, string, number]
  | readonly ['deliver', number, string, string]
  | readonly ['returned', number, string, number]
  | readonly ['open' | 'close', number, string, string]
  | readonly ['front', number, boolean];

/** The name of a queue's publisher: `quorum/1`. */
export function publisherName({ kind }: QueueSpec, index: number): string {
  return `${kind}/${index}`;
}

/** A message's text: who sent it, and which of his it is. */
export function messageText(run: string, publisher: string, number: number): string {
  return `${run} ${publisher} ${number}`;
}
