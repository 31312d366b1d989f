import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inputError, PlayError } from '../util/errors.ts';
import { existingLab, type Lab } from './description.ts';
import { initOf } from './host.ts';

const cleanPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a command inside a host as root, without its network and sshd. The command inherits stdin, stdout and stderr.
 * Returns its exit code.
 */
export async function execInHost(labName: string, host: string, argv: readonly string[]): Promise<number> {
  const lab = await existingLab(labName);
  return passThrough('nsenter', await hostCommand(lab, host, argv));
}

/** The arguments of nsenter that run a command inside the host with a clean environment. */
async function hostCommand(lab: Lab, host: string, argv: readonly string[]): Promise<string[]> {
  checkHost(lab, host);
  const init = await initOf(lab.paths, host);
  if (init === undefined) {
    throw new PlayError({
      kind: 'input',
      what: `${host} is switched off`,
      next: `ts-play lab start ${host}${nameOption(lab)}`,
    });
  }
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
  const terminal = process.env['TERM'] === undefined ? [] : [`TERM=${process.env['TERM']}`];
  const environment = [`PATH=${cleanPath}`, 'HOME=/root', 'USER=root', 'LANG=C.UTF-8', ...terminal];
  return ['--target', String(init), ...namespaces, '--', 'env', '-i', ...environment, ...argv];
}

/**
 * Runs a program of this machine on the lab's network, as the controller; the names of the hosts resolve there.
 * Returns its exit code.
 */
export async function enterLab(labName: string, argv: readonly string[]): Promise<number> {
  const { paths } = await existingLab(labName);
  return passThrough('ip', ['netns', 'exec', paths.controllerNamespace, ...argv]);
}

/** @throws PlayError when the lab has no such host. */
export function checkHost(lab: Lab, host: string): void {
  if (lab.names.includes(host)) return;
  throw inputError(`lab ${lab.paths.name} has no host ${host}`, {
    next: `its hosts are ${lab.names.join(', ')}`,
  });
}

/** ` --name NAME`, unless it is the default. */
function nameOption(lab: Lab): string {
  return lab.paths.name === 'lab' ? '' : ` --name ${lab.paths.name}`;
}

function passThrough(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    // The terminal sends Ctrl-C to the command too, which decides what to do.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    const pass = () => child.kill('SIGTERM');
    process.on('SIGTERM', pass);
    const done = () => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
    };
    child.on('error', (cause) => {
      done();
      reject(inputError(`can't run ${program}`, { why: cause.message, cause }));
    });
    child.on('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
