// Child processes: each in a process group of its own, ended with all it started when the benchmark is interrupted.
import { spawn } from 'node:child_process';

const interrupted = new AbortController();
const running = new Set();

/** Ends what runs and lets nothing new begin, except what says `always`. */
export function interrupt(reason) {
  interrupted.abort(reason);
  for (const child of running) end(child, 'SIGTERM');
}

/**
 * Runs a command to its end.
 * @param options `env` (added), `cwd`, `seconds` (limit, 1800), `always` (also after an interrupt), `codes` accepted ([0])
 * @returns {Promise<{stdout: string, stderr: string, code: number, ms: number}>} `ms` from spawn to exit
 */
export function execute(command, args, options = {}) {
  const { env = {}, cwd, seconds = 1800, always = false, codes = [0] } = options;
  if (!always) interrupted.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (!always) running.add(child);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        output[stream] += text;
      });
    }
    let ms = 0;
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      end(child, 'SIGKILL');
    }, seconds * 1000);
    child.on('exit', () => {
      ms = Number(process.hrtime.bigint() - started) / 1e6;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      running.delete(child);
      if (interrupted.signal.aborted && !always) reject(interrupted.signal.reason);
      else if (codes.includes(code)) resolve({ ...output, code, ms });
      else
        reject(
          new Error(failure([command, ...args], late ? `took over ${seconds} s` : (code ?? signal), output)),
        );
    });
  });
}

function end(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

function failure(argv, how, { stdout, stderr }) {
  const tail = (text) => text.trim().split('\n').slice(-25).join('\n');
  return [`${argv.join(' ')}: ${how}`, tail(stdout), tail(stderr)].filter(Boolean).join('\n');
}
