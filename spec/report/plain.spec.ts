import assert from 'node:assert/strict';
import type { RunEvent } from '../../lib/model/events.ts';
import {
  checkRun,
  convergedRun,
  failingRun,
  firstRun,
  interruptedRun,
  RECORDINGS,
} from '../support/recorded-events.ts';
import { draw } from './draw.ts';

const ESCAPE = '\u001b';

async function drawLines(
  events: readonly RunEvent[],
  options: Parameters<typeof draw>[2] = {},
): Promise<string[]> {
  return (await draw('plain', events, { clock: () => 0, ...options })).split('\n');
}

function has(lines: readonly string[], line: string): void {
  assert(lines.includes(line), `no line ${JSON.stringify(line)} in\n${lines.join('\n')}`);
}

describe('plain', () => {
  it('counts ok tasks, with one line for each host and role', async () => {
    assert.deepEqual(await drawLines(convergedRun), [
      '',
      'PLAY RabbitMQ cluster (3 hosts)',
      'hadoop001 | erlang-cookie: 3 ok (0.0 s)',
      'hadoop002 | erlang-cookie: 3 ok (0.0 s)',
      'hadoop003 | erlang-cookie: 3 ok (0.0 s)',
      'hadoop001 | haproxy-build: 4 ok (0.0 s)',
      'hadoop002 | haproxy-build: 4 ok (0.0 s)',
      'hadoop003 | haproxy-build: 4 ok (0.0 s)',
      '',
      'RECAP',
      'host       ok  changed  unknown  failed  unreachable  skipped  round trips',
      'hadoop001   7        0        0       0            0        0            2',
      'hadoop002   7        0        0       0            0        0            2',
      'hadoop003   7        0        0       0            0        0            2',
      '',
      '3 hosts, nothing changed, 0.8 s',
      '',
    ]);
  });

  it('shows each change, and how long a role took', async () => {
    let now = 0;
    const lines = await drawLines(firstRun, { clock: () => (now += 100) });
    has(
      lines,
      'changed: hadoop001 | erlang-cookie | file /var/lib/rabbitmq/.erlang.cookie — mode 0600 → 0400, content (1.2 s)',
    );
    has(
      lines,
      'changed: hadoop001 | haproxy-build | link /usr/local/haproxy — target (empty) → /opt/haproxy-2.6.12',
    );
    has(lines, 'hadoop001 | erlang-cookie: 2 ok, 1 changed (1.0 s)');
    has(lines, 'warning: hadoop001 | accepted the new host key SHA256:pWq0');
    has(lines, '2 hosts, 5 changed, 44 s');
  });

  it('shows ok tasks and the output of applies with -v, their start and connections with -vv', async () => {
    const ok = 'ok: hadoop001 | erlang-cookie | user rabbitmq';
    const progress = 'hadoop001 | 100% unpacked';
    const quiet = await drawLines(firstRun);
    assert(!quiet.includes(ok) && !quiet.includes(progress));
    const verbose = await drawLines(firstRun, { verbosity: 1 });
    for (const line of [ok, progress, 'hadoop001 |   CC      src/cfgparse.o']) has(verbose, line);
    has(verbose, 'skipped: hadoop001 | haproxy-build | service haproxy — not a systemd host');
    const started = 'applying: hadoop001 | haproxy-build | source haproxy-2.6.12';
    assert(!verbose.includes(started));
    const all = await drawLines(firstRun, { verbosity: 2 });
    for (const line of [started, 'connected: hadoop001 (0.1 s)']) has(all, line);
  });

  it('shows in check mode what would change, what is unknown, and that nothing was changed', async () => {
    const lines = await drawLines(checkRun);
    has(
      lines,
      'would change: hadoop001 | haproxy-build | link /usr/local/haproxy — target → /opt/haproxy-2.6.12',
    );
    has(
      lines,
      'unknown: hadoop001 | haproxy-build | file /etc/haproxy/haproxy.cfg — "source haproxy-2.6.12" has to be applied first: haproxy: not found',
    );
    has(lines, 'hadoop001 | haproxy-build: 1 ok, 2 would change, 1 unknown (0.0 s)');
    has(lines, '1 host, 2 would change, 1 unknown, 0.6 s, nothing was changed');
    assert(!lines.some((line) => line.startsWith('changed:')));
  });

  it('shows what failed, why and what to do next, and repeats it at the end', async () => {
    const lines = await drawLines(failingRun);
    const at = lines.indexOf(
      'failed: hadoop002 | haproxy-build | source haproxy-2.6.12 — the apply ended with code 2',
    );
    assert.deepEqual(lines.slice(at + 1, at + 6), [
      '  at: host hadoop002, role haproxy-build, task "source haproxy-2.6.12"',
      '  why: src/ssl_sock.c:41:10: fatal error: openssl/ssl.h: No such file or directory',
      '       compilation terminated.',
      '       make: *** [Makefile:1013: src/ssl_sock.o] Error 1',
      '  next: add libssl-dev to haproxy_build_packages, then run again with --role haproxy-build',
    ]);
    has(lines, "failed: hadoop003 — can't tell the platform");
    has(lines, 'hadoop002 | haproxy-build: 1 failed, not finished (0.0 s)');
    has(lines, '  hadoop002: haproxy-build | source haproxy-2.6.12 — the apply ended with code 2');
  });

  it('lists the tasks that were running when it was interrupted', async () => {
    const lines = await drawLines(interruptedRun);
    has(lines, 'interrupted; these tasks were running:');
    has(lines, '  hadoop001 | haproxy-build | source haproxy-2.6.12');
  });

  it('prints no colour unless it is switched on, whatever hosts print', async () => {
    for (const events of Object.values(RECORDINGS)) {
      assert(!(await draw('plain', events, { verbosity: 3, diff: true })).includes(ESCAPE));
    }
    const coloured = await draw('plain', firstRun, { diff: true, colour: true });
    assert(coloured.includes(`${ESCAPE}[33mchanged:${ESCAPE}[39m hadoop001`));
    assert(coloured.includes(`${ESCAPE}[32m+    daemon${ESCAPE}[39m`));
    assert(coloured.includes(`${ESCAPE}[31m-    maxconn 2000${ESCAPE}[39m`));
  });

  it('keeps each line one line and removes escape sequences of hosts', async () => {
    const at = { id: '1', play: 'p', role: 'r', host: 'h', task: 'file a\nRECAP' };
    const evil: RunEvent = {
      type: 'task',
      ...at,
      status: 'changed',
      changes: [{ what: 'mode', from: '\u001b]0;title\u0007x', to: `${'y'.repeat(80)}` }],
      durationMs: 0,
    };
    has(await drawLines([evil]), `changed: h | r | file a ⏎ RECAP — mode x → ${'y'.repeat(59)}…`);
  });
});
