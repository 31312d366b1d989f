import { type ClientSpec, type Happening, publisherName, type QueueSpec } from './spec.ts';

/** Width of a bar of the timeline, in milliseconds. */
export const BIN = 500;

/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What came of one queue's messages. */
export interface QueueFigures {
  readonly kind: string;
  readonly control: boolean;
  readonly confirmed: number;
  /** Confirmed, and never delivered although the queue was read to its end. */
  readonly lost: number;
  /** Delivered more than once. */
  readonly duplicated: number;
  /** Delivered, and never sent. */
  readonly unexpected: number;
  /** Delivered without ever having been confirmed to the publisher: allowed. */
  readonly unconfirmed: number;
  /** Came back for want of a queue. */
  readonly returned: number;
  /** Connections that publishers lost, or did not get. */
  readonly reconnects: number;
  /** Each publisher's longest time without a confirm. */
  readonly outages: readonly Stretch[];
  /** Confirms in each {@link BIN} from the beginning on. */
  readonly bins: readonly number[];
  /** A few of the lost, for whoever looks for them. */
  readonly lostExamples: readonly string[];
}

/** What came of a run, as its clients saw it. */
export interface Figures {
  readonly from: number;
  readonly to: number;
  readonly queues: readonly QueueFigures[];
  /** The longest time in which nothing answered at the virtual address. */
  readonly frontGap: Stretch;
}

/** Makes figures of what happened between the first confirm and `to`, when publishers were told to stop. */
export function figuresOf(
  spec: Pick<ClientSpec, 'run' | 'queues' | 'publishers'>,
  happenings: readonly Happening[],
  to: number,
): Figures {
  const from = happenings.find(([what]) => what === 'confirm')?.[1] ?? to;
  const answers = happenings.flatMap((each) => (each[0] === 'front' && each[2] ? [each[1]] : []));
  return {
    from,
    to,
    queues: spec.queues.map((queue) => queueFigures(queue, spec, happenings, { from, to })),
    frontGap: longestGap(answers, { from, to }),
  };
}

function queueFigures(
  queue: QueueSpec,
  { run, publishers }: Pick<ClientSpec, 'run' | 'publishers'>,
  happenings: readonly Happening[],
  { from, to }: Stretch,
): QueueFigures {
  const names = Array.from({ length: publishers }, (_, i) => publisherName(queue, i + 1));
  const own = new Set(names);
  const confirms = new Map<string, number[]>(names.map((name) => [name, []]));
  const confirmed = new Set<string>();
  const sent = new Map<string, number>();
  const deliveries = new Map<string, number>();
  let returned = 0;
  let reconnects = 0;
  for (const [what, at, who, which] of happenings) {
    if (what === 'deliver' && who === queue.kind) {
      deliveries.set(which, (deliveries.get(which) ?? 0) + 1);
      continue;
    }
    if (typeof who !== 'string' || !own.has(who)) continue;
    if (what === 'confirm') {
      confirmed.add(`${run} ${who} ${which}`);
      confirms.get(who)?.push(at);
    } else if (what === 'sent') sent.set(who, which);
    else if (what === 'returned') returned += 1;
    else if (what === 'close') reconnects += 1;
  }
  const isSent = (text: string) => {
    const [ofRun, who = '', number] = text.split(' ');
    return ofRun === run && Number(number) <= (sent.get(who) ?? 0);
  };
  const lost = [...confirmed].filter((text) => !deliveries.has(text));
  const bins = new Array<number>(Math.max(0, Math.ceil((to - from) / BIN))).fill(0);
  for (const at of [...confirms.values()].flat()) {
    const bin = Math.floor((at - from) / BIN);
    if (bin >= 0 && bin < bins.length) bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return {
    kind: queue.kind,
    control: queue.control,
    confirmed: confirmed.size,
    lost: lost.length,
    duplicated: [...deliveries.values()].filter((times) => times > 1).length,
    unexpected: [...deliveries.keys()].filter((text) => !isSent(text)).length,
    unconfirmed: [...deliveries.keys()].filter((text) => isSent(text) && !confirmed.has(text)).length,
    returned,
    reconnects,
    outages: names.map((name) => longestGap(confirms.get(name) ?? [], { from, to })),
    bins,
    lostExamples: lost.slice(0, 20),
  };
}

/** The longest stretch in which nothing happened, the ends counted in. */
export function longestGap(times: readonly number[], { from, to }: Stretch): Stretch {
  let longest: Stretch = { from, to: from };
  let last = from;
  for (const at of [...times.filter((time) => time > from && time < to), to]) {
    if (at - last > longest.to - longest.from) longest = { from: last, to: at };
    last = at;
  }
  return longest;
}
