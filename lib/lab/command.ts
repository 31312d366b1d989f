import { spawn } from 'node:child_process';
import { PlayError } from '../util/errors.ts';

export interface ProcessOptions {
  /** The text for stdin; default: empty. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The error's `what` if the command fails: `could not build the image`. */
  readonly failing?: string;
}

export interface ProcessResult {
  /** The exit code, or 128 when a signal ended the program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on this machine and waits for its end. Rejects only when it can't be started. */
export function attempt(argv: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe', env: options.env ?? process.env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // It is no error when a program does not read its stdin.
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
 * Runs a program on this machine and returns its stdout.
 * @throws PlayError with the end of its output when it fails.
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
