import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = new URL('../../roles/program.js', import.meta.url).href;
const entry = `const { main } = await import('${main}'); process.exit(await main(process.argv.slice(1)));`;

export interface CommandOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's folder, and the command line in it, as a process of its own. */
export class Workplace {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'ts-play-cli-')));

  constructor() {
    mkdirSync(this.path('cache'));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(this.path(name), text);
  }

  /** How the command line is started here, for who starts it in another way. */
  commandLine(...args: readonly string[]) {
    const argv = [process.execPath, '--input-type=module', '-e', entry, '--', ...args];
    const env = {
      ...process.env,
      TS_PLAY_CACHE: this.path('cache'),
      // Another test run on this machine must not be in the way of this one.
      TS_PLAY_APPLY_NAME: `tsp${process.pid}`,
      NO_COLOR: '1',
    };
    return { argv, options: { cwd: this.folder, env } };
  }

  start(...args: readonly string[]): {
    readonly child: ChildProcess;
    readonly ended: Promise<CommandOutput>;
  } {
    const { argv, options } = this.commandLine(...args);
    const [program = '', ...rest] = argv;
    const child = spawn(program, rest, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'close').then(([code]): CommandOutput => ({ code, stdout, stderr }));
    return { child, ended };
  }

  run(...args: readonly string[]): Promise<CommandOutput> {
    return this.start(...args).ended;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
