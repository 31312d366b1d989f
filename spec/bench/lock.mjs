import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';

const path = join(os.tmpdir(), 'ts-play-bench.lock');

/** Two benchmarks at once would take each other's labs down, and measure each other. @throws Error when one runs */
export function lock() {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(path, 'utf8'));
      if (isAlive(owner)) throw new Error(`another benchmark is running (process ${owner})`);
      rmSync(path, { force: true });
    }
  }
  throw new Error(`can't take ${path}`);
}

export function unlock() {
  rmSync(path, { force: true });
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
