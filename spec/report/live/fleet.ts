import type { RunEvent, TaskRef } from '../../../lib/model/events.ts';

/** A run of one role on many hosts at once: every third host builds, the eighth is unreachable, the tenth fails. */
export function fleetRun(size: number): readonly RunEvent[] {
  const hosts = Array.from({ length: size }, (_, i) => `web${String(i + 1).padStart(2, '0')}`);
  const play = 'Fleet';
  const steps = hosts.map((host, i) => hostSteps(play, host, i));
  const longest = Math.max(...steps.map(({ length }) => length));
  return [
    {
      type: 'run',
      playbook: 'p',
      check: false,
      plays: ['Before', play, 'After'].map((name) => ({ play: name, hosts })),
    },
    { type: 'play', play: 'Before', hosts },
    { type: 'play-end', play: 'Before' },
    { type: 'play', play, hosts },
    ...Array.from({ length: longest }, (_, at) => steps.flatMap((events) => events.slice(at, at + 1))).flat(),
    { type: 'play-end', play },
  ];
}

function hostSteps(play: string, host: string, i: number): readonly RunEvent[] {
  const start: RunEvent = { type: 'connecting', host };
  if (i === 7)
    return [start, { type: 'unreachable', host, error: { kind: 'unreachable', what: "can't connect" } }];
  const ref: TaskRef = { id: host, play, role: 'base', host, task: 'source curl' };
  const begin: readonly RunEvent[] = [
    start,
    { type: 'connected', host, durationMs: 50 },
    { type: 'role', play, role: 'base', host, tasks: [ref.task] },
  ];
  const end: RunEvent = { type: 'role-end', play, role: 'base', host, ok: i !== 9 };
  if (i % 3 !== 0) return [...begin, { type: 'task', ...ref, status: 'ok', changes: [], durationMs: 1 }, end];
  const output = Array.from({ length: 6 }, (_, line): RunEvent => {
    return { type: 'output', ...ref, stream: 'stdout', line: `${line} ${'of a long line '.repeat(10)}` };
  });
  const done = { ...ref, changes: [{ what: 'built' }], durationMs: 9 } as const;
  const task: RunEvent =
    i === 9
      ? {
          type: 'task',
          ...done,
          status: 'failed',
          error: { kind: 'failed', what: 'no space', why: 'a\nb\nc', next: 'go' },
        }
      : { type: 'task', ...done, status: 'changed' };
  return [...begin, { type: 'applying', ...ref }, ...output, task, end];
}
