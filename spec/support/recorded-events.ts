import type { EventError, HostRecap, RunEvent, Status, TaskRef } from '../../lib/model/events.ts';
import type { Change } from '../../lib/model/task.ts';

/** Runs as the engine tells them, for everything that draws or counts events. */

const PLAY = 'RabbitMQ cluster';
const HOSTS = ['hadoop001', 'hadoop002', 'hadoop003'] as const;

const COOKIE_TASKS = ['package rabbitmq-server', 'user rabbitmq', 'file /var/lib/rabbitmq/.erlang.cookie'];
const PROXY_TASKS = [
  'source haproxy-2.6.12',
  'link /usr/local/haproxy',
  'file /etc/haproxy/haproxy.cfg',
  'service haproxy',
];

type TaskEnd = {
  changes?: readonly Change[];
  diff?: string;
  error?: EventError;
  reason?: string;
  ms?: number;
};

function ref(host: string, role: string, task: string, play = PLAY): TaskRef {
  return { id: `${play}/${host}/${role}/${task}`, play, role, host, task };
}

function task(at: TaskRef, status: Status, end: TaskEnd = {}): RunEvent {
  const { changes = [], ms = 4, ...rest } = end;
  return { type: 'task', ...at, status, changes, durationMs: ms, ...rest };
}

function recap(counts: Partial<HostRecap>): HostRecap {
  const none = { ok: 0, changed: 0, unknown: 0, failed: 0, unreachable: 0, skipped: 0, roundTrips: 0 };
  return { ...none, ...counts };
}

function begin(hosts: readonly string[], check = false): RunEvent[] {
  return [
    { type: 'run', playbook: 'playbooks/site.ts', check, plays: [{ play: PLAY, hosts }] },
    { type: 'play', play: PLAY, hosts },
    ...hosts.map((host): RunEvent => ({ type: 'connecting', host })),
    ...hosts.map((host, i): RunEvent => ({ type: 'connected', host, durationMs: 52 + i })),
  ];
}

function role(host: string, name: string, tasks: readonly string[]): RunEvent {
  return { type: 'role', play: PLAY, role: name, host, tasks };
}

function roleEnd(host: string, name: string, ok = true): RunEvent {
  return { type: 'role-end', play: PLAY, role: name, host, ok };
}

function allOk(host: string, name: string, tasks: readonly string[]): RunEvent[] {
  return [
    role(host, name, tasks),
    ...tasks.map((title) => task(ref(host, name, title), 'ok')),
    roleEnd(host, name),
  ];
}

const playEnd: RunEvent = { type: 'play-end', play: PLAY };

/** Everything is as wanted: two roles, three hosts, two round trips each. */
export const convergedRun: readonly RunEvent[] = [
  ...begin(HOSTS),
  ...HOSTS.flatMap((host) => allOk(host, 'erlang-cookie', COOKIE_TASKS)),
  ...HOSTS.flatMap((host) => allOk(host, 'haproxy-build', PROXY_TASKS)),
  playEnd,
  {
    type: 'recap',
    exitCode: 0,
    durationMs: 812,
    hosts: Object.fromEntries(HOSTS.map((host) => [host, recap({ ok: 7, roundTrips: 2 })])),
  },
];

export const CONFIG_DIFF = `--- /etc/haproxy/haproxy.cfg\tnow
+++ /etc/haproxy/haproxy.cfg\twanted
@@ -1,3 +1,4 @@
 global
-    maxconn 2000
+    maxconn 4096
+    daemon
 defaults`;

const build = ref('hadoop001', 'haproxy-build', 'source haproxy-2.6.12');
const cookie = ref('hadoop001', 'erlang-cookie', 'file /var/lib/rabbitmq/.erlang.cookie');
const config = ref('hadoop001', 'haproxy-build', 'file /etc/haproxy/haproxy.cfg');

/** A first run: a build that talks (in colour, with a progress bar), a diff, and a handler that was notified. */
export const firstRun: readonly RunEvent[] = [
  ...begin(['hadoop001', 'hadoop002']),
  { type: 'warning', host: 'hadoop001', text: 'accepted the new host key SHA256:pWq0' },
  { type: 'warning', text: 'playbooks/site.ts uses an inventory without group "proxies"' },
  role('hadoop001', 'erlang-cookie', COOKIE_TASKS),
  ...allOk('hadoop002', 'erlang-cookie', COOKIE_TASKS),
  task(ref('hadoop001', 'erlang-cookie', 'package rabbitmq-server'), 'ok'),
  task(ref('hadoop001', 'erlang-cookie', 'user rabbitmq'), 'ok'),
  { type: 'applying', ...cookie },
  task(cookie, 'changed', {
    changes: [{ what: 'mode', from: '0600', to: '0400' }, { what: 'content' }],
    ms: 1240,
  }),
  roleEnd('hadoop001', 'erlang-cookie'),
  role('hadoop001', 'haproxy-build', [...PROXY_TASKS, 'reload haproxy']),
  { type: 'applying', ...build },
  { type: 'output', ...build, stream: 'stdout', line: '  CC      src/ev_poll.o' },
  { type: 'output', ...build, stream: 'stdout', line: '\u001b[32m  CC\u001b[0m      src/cfgparse.o' },
  { type: 'output', ...build, stream: 'stderr', line: ' 10%\r 50%\r100% unpacked' },
  { type: 'output', ...build, stream: 'stdout', line: '  LD      haproxy' },
  task(build, 'changed', { changes: [{ what: 'built', to: '2.6.12' }], ms: 41_300 }),
  task(ref('hadoop001', 'haproxy-build', 'link /usr/local/haproxy'), 'changed', {
    changes: [{ what: 'target', from: '', to: '/opt/haproxy-2.6.12' }],
  }),
  { type: 'applying', ...config },
  task(config, 'changed', { changes: [{ what: 'content' }], diff: CONFIG_DIFF }),
  task(ref('hadoop001', 'haproxy-build', 'service haproxy'), 'skipped', { reason: 'not a systemd host' }),
  task(ref('hadoop001', 'haproxy-build', 'reload haproxy'), 'changed', { changes: [{ what: 'reloaded' }] }),
  roleEnd('hadoop001', 'haproxy-build'),
  playEnd,
  {
    type: 'recap',
    exitCode: 0,
    durationMs: 44_020,
    hosts: {
      hadoop001: recap({ ok: 2, changed: 5, skipped: 1, roundTrips: 11 }),
      hadoop002: recap({ ok: 3, roundTrips: 1 }),
    },
  },
];

/** Only a diff may show a text: no other drawing has this in it. */
export const WHOLE_TEXT = 'whole texts are for diffs\n';

/** Check mode on a drifted host: what would change, and what can't be told yet. */
export const checkRun: readonly RunEvent[] = [
  ...begin(['hadoop001'], true),
  role('hadoop001', 'haproxy-build', PROXY_TASKS),
  task(build, 'changed', {
    changes: [{ what: 'built', to: '2.6.12', text: { before: '', after: WHOLE_TEXT, path: '/etc/motd' } }],
  }),
  task(ref('hadoop001', 'haproxy-build', 'link /usr/local/haproxy'), 'changed', {
    changes: [{ what: 'target', to: '/opt/haproxy-2.6.12' }],
  }),
  task(config, 'unknown', { reason: '"source haproxy-2.6.12" has to be applied first: haproxy: not found' }),
  task(ref('hadoop001', 'haproxy-build', 'service haproxy'), 'ok'),
  roleEnd('hadoop001', 'haproxy-build'),
  playEnd,
  {
    type: 'recap',
    exitCode: 0,
    durationMs: 640,
    hosts: { hadoop001: recap({ ok: 1, changed: 2, unknown: 1, roundTrips: 2 }) },
  },
];

export const BUILD_ERROR: EventError = {
  kind: 'failed',
  what: 'the apply ended with code 2',
  where: 'host hadoop002, role haproxy-build, task "source haproxy-2.6.12"',
  why: 'src/ssl_sock.c:41:10: fatal error: openssl/ssl.h: No such file or directory\ncompilation terminated.\nmake: *** [Makefile:1013: src/ssl_sock.o] Error 1',
  next: 'add libssl-dev to haproxy_build_packages, then run again with --role haproxy-build',
};

const failing = ref('hadoop002', 'haproxy-build', 'source haproxy-2.6.12');

/** hadoop002's build fails, hadoop003 can't answer a question; hadoop001 goes on. A second play has one host left. */
export const failingRun: readonly RunEvent[] = [
  {
    type: 'run',
    playbook: 'playbooks/site.ts',
    check: false,
    plays: [
      { play: PLAY, hosts: HOSTS },
      { play: 'Verify', hosts: HOSTS },
    ],
  },
  ...begin(HOSTS).slice(1),
  {
    type: 'host-failed',
    play: PLAY,
    host: 'hadoop003',
    error: { kind: 'failed', what: "can't tell the platform", why: 'uname: not found', next: 'look at PATH' },
  },
  role('hadoop001', 'haproxy-build', PROXY_TASKS),
  role('hadoop002', 'haproxy-build', PROXY_TASKS),
  { type: 'applying', ...failing },
  { type: 'output', ...failing, stream: 'stderr', line: 'compilation terminated.' },
  ...PROXY_TASKS.map((title) => task(ref('hadoop001', 'haproxy-build', title), 'ok')),
  task(failing, 'failed', { changes: [{ what: 'built', to: '2.6.12' }], error: BUILD_ERROR, ms: 12_000 }),
  roleEnd('hadoop002', 'haproxy-build', false),
  roleEnd('hadoop001', 'haproxy-build'),
  playEnd,
  { type: 'play', play: 'Verify', hosts: ['hadoop001'] },
  { type: 'role', play: 'Verify', role: 'checks', host: 'hadoop001', tasks: ['command true'] },
  task(ref('hadoop001', 'checks', 'command true', 'Verify'), 'ok'),
  { type: 'role-end', play: 'Verify', role: 'checks', host: 'hadoop001', ok: true },
  { type: 'play-end', play: 'Verify' },
  {
    type: 'recap',
    exitCode: 2,
    durationMs: 13_100,
    hosts: {
      hadoop001: recap({ ok: 5, roundTrips: 3 }),
      hadoop002: recap({ failed: 1, roundTrips: 2 }),
      hadoop003: recap({ failed: 1, roundTrips: 1 }),
    },
  },
];

const LOST: EventError = {
  kind: 'unreachable',
  what: 'connection lost',
  why: 'no answer to 3 keepalives in 30 s',
  next: 'check that the host is up, then run again',
};

/** hadoop003 refuses to be connected to; hadoop002 is lost in the middle of an apply. */
export const unreachableRun: readonly RunEvent[] = [
  ...begin(HOSTS).slice(0, -1),
  {
    type: 'unreachable',
    host: 'hadoop003',
    error: {
      kind: 'unreachable',
      what: "can't connect to 10.77.0.13:22",
      why: 'connect ECONNREFUSED 10.77.0.13:22',
      next: 'is sshd running there? Try: ssh root@10.77.0.13',
    },
  },
  role('hadoop002', 'haproxy-build', PROXY_TASKS),
  { type: 'applying', ...failing },
  { type: 'unreachable', host: 'hadoop002', error: LOST },
  roleEnd('hadoop002', 'haproxy-build', false),
  ...allOk('hadoop001', 'erlang-cookie', COOKIE_TASKS),
  playEnd,
  {
    type: 'recap',
    exitCode: 4,
    durationMs: 33_400,
    hosts: {
      hadoop001: recap({ ok: 3, roundTrips: 1 }),
      hadoop002: recap({ unreachable: 1, roundTrips: 2 }),
      hadoop003: recap({ unreachable: 1 }),
    },
  },
];

/** Ctrl-C during a build: no role and no play ends, and the second play never starts. */
export const interruptedRun: readonly RunEvent[] = [
  {
    type: 'run',
    playbook: 'playbooks/site.ts',
    check: false,
    plays: [
      { play: PLAY, hosts: ['hadoop001'] },
      { play: 'Verify', hosts: ['hadoop001'] },
    ],
  },
  ...begin(['hadoop001']).slice(1),
  role('hadoop001', 'haproxy-build', PROXY_TASKS),
  { type: 'applying', ...build },
  { type: 'output', ...build, stream: 'stdout', line: '  CC      src/ev_poll.o' },
  {
    type: 'recap',
    exitCode: 130,
    durationMs: 5_300,
    hosts: { hadoop001: recap({ roundTrips: 2 }) },
    interrupted: [build],
  },
];

/** Every recording by name. */
export const RECORDINGS: Readonly<Record<string, readonly RunEvent[]>> = {
  'a converged run': convergedRun,
  'a first run': firstRun,
  'check mode': checkRun,
  'failing hosts': failingRun,
  'unreachable hosts': unreachableRun,
  'an interrupted run': interruptedRun,
};
