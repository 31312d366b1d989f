// The benchmark's labs, through the command line as anybody would use it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute } from './execute.mjs';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'lib', 'bin.mjs');

/** Runs ts-play itself. */
export function tsPlay(args, options) {
  return execute(process.execPath, [cli, ...args], { cwd: root, ...options });
}

export const names = ['hadoop001', 'hadoop002', 'hadoop003'];

/** A lab of three hosts. */
export class Lab {
  #up = false;

  constructor(name, temp) {
    this.name = name;
    this.sshConfig = `/var/lib/ts-play/labs/${name}/ssh_config`;
    this.elapsed = join(temp, `${name}.elapsed`);
  }

  async up() {
    if (this.#up) return;
    // Whatever an earlier benchmark left behind is no measure.
    await this.down();
    this.#up = true;
    await tsPlay(['lab', 'up', '--name', this.name, '--profile', 'inventory/lab.profile.yml'], {
      seconds: 900,
    });
    await Promise.all(names.map((host) => this.#booted(host)));
  }

  /** Three hosts that nothing was done to yet. */
  async fresh() {
    this.#up = false;
    await this.up();
  }

  async down() {
    await tsPlay(['lab', 'down', '--name', this.name], { always: true, seconds: 300 });
    this.#up = false;
  }

  /**
   * Waits until a host has booted to the end: what its units do while they start is no part of anybody's job, and a broker
   * that is stopped in its first boot may never boot again.
   */
  #booted(host) {
    const wait = 'timeout 300 systemctl is-system-running --wait; timeout 300 rabbitmqctl -q await_startup';
    return this.exec(host, wait, 600);
  }

  delay(milliseconds) {
    return tsPlay(['lab', 'delay', '--name', this.name, String(milliseconds)]);
  }

  exec(host, command, seconds = 60) {
    return tsPlay(['lab', 'exec', '--name', this.name, host, '--', 'sh', '-c', command], { seconds });
  }

  /** Runs a command on the lab's network; `ms` is the command's own time, without that of getting there. */
  async enter(argv, options) {
    const timed = 's=$(date +%s%N); "$@"; c=$?; echo $(($(date +%s%N) - s)) >"$ELAPSED"; exit $c';
    const result = await tsPlay(
      ['lab', 'enter', '--name', this.name, '--', 'sh', '-c', timed, 'sh', ...argv],
      {
        ...options,
        env: { ...options?.env, ELAPSED: this.elapsed },
      },
    );
    return { ...result, ms: Number(await readFile(this.elapsed, 'utf8')) / 1e6 };
  }
}
