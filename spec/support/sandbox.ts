import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Reply } from '../../lib/model/fact.ts';
import { type Change, type Pending, type Task, uploadedPath } from '../../lib/model/task.ts';
import { quote, type Script } from '../../lib/util/sh.ts';

/** A POSIX shell found on this machine. */
export interface Shell {
  readonly name: string;
  readonly command: readonly string[];
  /** A busybox whose applets stand in for coreutils. */
  readonly busybox?: string | undefined;
}

/** Values that break careless quoting. */
export const HOSTILE: readonly string[] = [
  `it's "two  words"`,
  '$(touch pwned)$HOME`touch pwned`',
  'new\nline ünï☃',
  '-rf',
  '--',
  '%s%d%% back\\slash\\n',
  '*?[a] ~;&|<>#!',
];

/** What scripts may count on at a host; nothing else is on a sandbox's PATH, so that nothing real is touched. */
const TOOLS =
  'sh cat stat sha256sum base64 mktemp rm mv cp ln mkdir rmdir chmod chown readlink sync date tar gzip bzip2 xz sed grep find sleep id touch head tail cut tr od wc ls true false kill env'.split(
    ' ',
  );

/** Programs that spec bodies may want for real. */
const EXTRAS = ['curl', 'wget'];

/** Every shell to try scripts with: dash, bash as a POSIX shell, and busybox where there is one. */
export function shells(): readonly Shell[] {
  const dash = which('dash');
  const bash = which('bash');
  const busybox = which('busybox');
  const found: Shell[] = [];
  if (dash) found.push({ name: 'dash', command: [dash] });
  if (bash) found.push({ name: 'bash --posix', command: [bash, '--posix'] });
  if (busybox) found.push({ name: 'busybox sh', command: [busybox, 'sh'], busybox });
  return found.length > 0 ? found : [{ name: 'sh', command: ['/bin/sh'] }];
}

/** A directory that plays the host, and a shell with stand-in programs that record how they were called. */
export class Sandbox {
  /** Absolute; plain letters only. */
  readonly root: string;
  readonly #shell: Shell;
  readonly #bin: string;
  readonly #tools: string;
  readonly #rebased = ['/var/tmp/ts-play-'];

  constructor(shell: Shell = shells()[0] ?? { name: 'sh', command: ['/bin/sh'] }) {
    this.#shell = shell;
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'ts-play-sandbox-')));
    this.#bin = this.path('.sandbox/bin');
    this.#tools = this.path('.sandbox/tools');
    mkdirSync(this.#bin, { recursive: true });
    mkdirSync(this.#tools, { recursive: true });
    for (const tool of TOOLS) this.#link(tool, shell.busybox ?? which(tool));
  }

  /** False where the shell has the usual tools built in, so that no stand-in can take their place. */
  get canReplaceTools(): boolean {
    return this.#shell.busybox === undefined;
  }

  /** A path inside the sandbox. */
  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** Paths that begin with this are looked for inside the sandbox: `/etc/x` becomes `ROOT/etc/x` in every script. */
  rebase(...prefixes: readonly string[]): void {
    this.#rebased.push(...prefixes);
  }

  /** Makes a real program of this machine reachable. */
  allow(name: (typeof EXTRAS)[number]): boolean {
    return this.#link(name, which(name));
  }

  /** Puts a program on PATH: it records its arguments, then runs `body` (POSIX sh; `$@` are its arguments). */
  standIn(name: string, body = ''): void {
    const log = quote(this.path('.sandbox/calls'));
    const record = `{ printf '%s\\0' ${quote(name)} "$@"; printf '\\036\\0'; } >>${log}`;
    const text = `#!/bin/sh\n${record}\n${body}\n`;
    writeFileSync(join(this.#bin, name), text.replaceAll('@ROOT@', this.root));
    chmodSync(join(this.#bin, name), 0o755);
  }

  /** The host dies right before or after the program's n-th call: every process of the script is killed. */
  crashAt(name: string, when: 'before' | 'after', nth = 1): void {
    const count = quote(this.path(`.sandbox/count-${name}`));
    const real = quote(join(this.#tools, name));
    rmSync(this.path(`.sandbox/count-${name}`), { force: true });
    this.standIn(
      name,
      `echo >>${count}; n=$(grep -c '' ${count})
[ "$n" != ${nth} ] || [ ${when} != before ] || kill -9 0
${real} "$@" || exit $?
[ "$n" != ${nth} ] || [ ${when} != after ] || kill -9 0`,
    );
  }

  /** Records every call of every tool, which then does its work. */
  recordTools(): void {
    for (const tool of TOOLS) this.standIn(tool, `exec ${quote(join(this.#tools, tool))} "$@"`);
  }

  /** Takes a stand-in off PATH again. */
  remove(name: string): void {
    rmSync(join(this.#bin, name), { force: true });
  }

  /** How stand-ins were called so far, each with its name first; the record is then empty. */
  calls(): readonly (readonly string[])[] {
    const log = this.path('.sandbox/calls');
    if (!existsSync(log)) return [];
    const records = readFileSync(log, 'utf8').split('\x1e\0').slice(0, -1);
    rmSync(log);
    return records.map((record) => record.split('\0').slice(0, -1));
  }

  /** Runs a script as a host would: read from stdin, then nothing on stdin, LC_ALL=C, umask 022. */
  run(script: Script, { setE = false }: { readonly setE?: boolean } = {}): Promise<Reply> {
    const code = `umask 022; cd ${quote(this.root)}\n${setE ? 'set -eu\n' : ''}${this.#rebase(script.reveal())}`;
    const [program = '/bin/sh', ...args] = this.#shell.command;
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...args, '-c', 'eval "$(cat)"'], {
        env: { PATH: `${this.#bin}:${this.#tools}`, LC_ALL: 'C', HOME: this.root },
        detached: true,
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const deadline = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 15_000);
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.stdin.on('error', () => {});
      child.on('error', reject);
      child.on('close', (exit) => {
        clearTimeout(deadline);
        resolve({ code: exit ?? 137, stdout: text(out), stderr: text(err) });
      });
      child.stdin.end(code);
    });
  }

  /** Lays what a task uploads into the sandbox, as the engine would. */
  upload(from: string, sha256: string): string {
    const to = join(this.root, uploadedPath({ sha256 }));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    return to;
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #rebase(code: string): string {
    return this.#rebased.reduce((all, prefix) => all.replaceAll(prefix, `${this.root}${prefix}`), code);
  }

  #link(name: string, target: string | undefined): boolean {
    if (target && !existsSync(join(this.#tools, name))) symlinkSync(target, join(this.#tools, name));
    return target !== undefined;
  }
}

export interface Convergence {
  readonly changes: readonly Change[];
  /** What the apply said; undefined when nothing was to do. */
  readonly reply?: Reply | undefined;
}

/** Asks a task's probe in the sandbox and gives what would have to change. */
export async function look(sandbox: Sandbox, task: Task, pending: readonly Pending[] = []) {
  return task.assess(await sandbox.run(task.probe.script), pending);
}

/** Applies what differs, without looking again. */
export async function applyOnce(sandbox: Sandbox, task: Task): Promise<Convergence> {
  const assessment = await look(sandbox, task);
  if (assessment.changes.length === 0) return { changes: [] };
  const { script, uploads = [] } = assessment.apply();
  const laid = uploads.map(({ from, sha256 }) => sandbox.upload(from, sha256));
  const reply = await sandbox.run(script, { setE: true });
  for (const path of laid) rmSync(path, { force: true });
  return { changes: assessment.changes, reply };
}

/** What the engine does with one task: probe, apply what differs, probe again. Throws unless it is converged then. */
export async function converge(sandbox: Sandbox, task: Task): Promise<Convergence> {
  const done = await applyOnce(sandbox, task);
  if (done.reply && done.reply.code !== 0) {
    throw new Error(`${task.title} ended with ${done.reply.code}: ${done.reply.stderr}`);
  }
  const left = task.always ? [] : (await look(sandbox, task)).changes;
  if (left.length > 0) throw new Error(`${task.title} still differs: ${JSON.stringify(left)}`);
  return done;
}

/** The names of changes, for short assertions. */
export function whats(changes: readonly Change[]): readonly string[] {
  return changes.map(({ what }) => what);
}

/** A mocha context for every shell: `body` gets a fresh sandbox for each case through `box()`. */
export function inEveryShell(title: string, body: (box: () => Sandbox) => void): void {
  for (const shell of shells()) {
    describe(`${title} under ${shell.name}`, () => {
      let sandbox: Sandbox | undefined;
      beforeEach(() => {
        sandbox = new Sandbox(shell);
      });
      afterEach(() => sandbox?.dispose());
      body(() => {
        if (!sandbox) throw new Error('no sandbox outside a case');
        return sandbox;
      });
    });
  }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8').replace(/\n$/, '');
}

/** A program of the system's own, if it has it: one that stands in for it may need more than itself. */
function which(name: string): string | undefined {
  if (existsSync(`/usr/bin/${name}`)) return `/usr/bin/${name}`;
  const { stdout } = spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' });
  const path = stdout.trim();
  return path.startsWith('/') ? path : undefined;
}
