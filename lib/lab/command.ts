import { spawn } from 'node:child_process';
import { PlayError } from '../util/errors.ts';

export interface ProcessOptions {
  /** Sent to stdin; nothing by default. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What the command is for, for the error: `could not build the image`. */
  readonly failing?: string;
}

export interface ProcessResult {
  /** Exit code, or 128 and the signal's number as a shell has it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this machine and waits for its end. Rejects only when it can't be started. */
export function attempt(argv: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe', env: options.env ?? process.env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that doesn't read its stdin is no error.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) =>
      reject(
        new PlayError({ kind: 'input', what: options.failing ?? `can't run ${program}`, why: cause.message }),
      ),
    );
    child.on('close', (code) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString().trimEnd();
      resolve({ code: code ?? 128, stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

/**
 * Runs a program of this machine and gives its stdout.
 * @throws PlayError with the end of what it said when it fails.
 */
export async function command(argv: readonly string[], options: ProcessOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  throw new PlayError({
    kind: 'input',
    what: options.failing ?? `${argv.slice(0, 3).join(' ')} failed`,
    why: `exit ${code}: ${lastLines(stderr || stdout, 12)}`,
  });
}

function lastLines(text: string, count: number): string {
  return text.split('\n').slice(-count).join('\n');
}
