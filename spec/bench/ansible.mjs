// The same job by Ansible: spec/bench/ansible.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from './execute.mjs';
import { root } from './lab.mjs';

const folder = join(root, 'spec', 'bench', 'ansible');

/** Installs Debian's package of Ansible with its collections, unless it is there. */
export async function ensureAnsible(say) {
  const present = () =>
    execute('ansible-galaxy', ['collection', 'list', 'community.rabbitmq'], { codes: [0, 1, 5] }).then(
      ({ stdout }) => /^community\.rabbitmq\s+\d/m.test(stdout),
      () => false,
    );
  if (await present()) return;
  say('installing Ansible (apt-get install ansible)');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execute('apt-get', ['--quiet', 'update'], { env });
  await execute(
    'apt-get',
    ['--quiet', '--yes', '--no-install-recommends', 'install', 'ansible', 'openssh-client'],
    {
      env,
    },
  );
  if (!(await present()))
    throw new Error('the package ansible came without the collection community.rabbitmq');
}

/** Ansible on one lab, with a home, a fact cache and ssh's control sockets of its own. */
export class Ansible {
  #lab;
  #home;

  constructor(lab, temp) {
    this.#lab = lab;
    this.#home = join(temp, lab.name);
  }

  /** Forgets facts and connections: those of hosts that are gone. */
  async forget() {
    const sockets = join(this.#home, 'cp');
    for (const socket of await readdir(sockets).catch(() => [])) {
      const end = ['-O', 'exit', '-o', `ControlPath=${join(sockets, socket)}`, 'any'];
      await execute('ssh', end, { always: true, codes: [0, 255], seconds: 20 });
    }
    await rm(this.#home, { recursive: true, force: true });
  }

  /** Runs the playbook. @returns wall-clock milliseconds and what it says it changed */
  async play() {
    await mkdir(this.#home, { recursive: true });
    const inventory = join(this.#home, 'hosts.yml');
    await writeFile(inventory, hosts(this.#lab.sshConfig));
    const env = {
      ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
      ANSIBLE_HOME: this.#home,
      ANSIBLE_CACHE_PLUGIN_CONNECTION: join(this.#home, 'facts'),
      ANSIBLE_SSH_CONTROL_PATH_DIR: join(this.#home, 'cp'),
      ANSIBLE_NOCOLOR: '1',
    };
    const argv = ['ansible-playbook', '-i', inventory, join(folder, 'site.yml')];
    const { ms, code, stdout, stderr } = await this.#lab.enter(argv, { env, codes: [0, 1, 2, 4, 8] });
    if (code !== 0) throw new Error(whatFailed(code, stdout, stderr));
    return { ms, changed: sum(stdout, 'changed'), tasks: sum(stdout, 'ok') };
  }
}

/** Which task failed on which host, and what it said: the end of the output, which is the recap, tells neither. */
export function whatFailed(code, stdout, stderr) {
  const failures = [];
  let task = 'no task';
  for (const line of stdout.split('\n')) {
    task = /^(?:TASK|RUNNING HANDLER) \[(.*)\]/.exec(line)?.[1] ?? task;
    // One of several items is told without a word in capitals.
    const [, host, how = 'FAILED', said] =
      /^(?:fatal|failed): \[([^\]]+)\](?:: ([A-Z]+)!| \(item=.*\)) => (.*)$/.exec(line) ?? [];
    if (host !== undefined) failures.push(`${host}: task "${task}" ${how.toLowerCase()}: ${message(said)}`);
  }
  const told = failures.length > 0 ? failures : [`${stdout}\n${stderr}`.trim().slice(-2000)];
  return [`Ansible ended with ${code}`, ...told].join('\n  ');
}

/** A task's own words: its result is JSON, of which these fields are for people. */
function message(result) {
  try {
    const { msg, stderr, stdout } = JSON.parse(result);
    return [msg, stderr || stdout]
      .filter(Boolean)
      .map((text) => String(text).trim())
      .join('; ');
  } catch {
    return result;
  }
}

function sum(recap, word) {
  const counts = [...recap.matchAll(new RegExp(`^hadoop\\d+ +:.*\\b${word}=(\\d+)`, 'gm'))];
  if (counts.length === 0) throw new Error(`no recap in what Ansible printed:\n${recap.slice(-2000)}`);
  return counts.reduce((total, [, count]) => total + Number(count), 0);
}

function hosts(sshConfig) {
  return `all:
  vars:
    ansible_user: root
    ansible_ssh_common_args: -F ${sshConfig}
  children:
    brokers:
      hosts:
        hadoop001: {ansible_host: 192.0.2.11}
        hadoop002: {ansible_host: 192.0.2.12}
        hadoop003: {ansible_host: 192.0.2.13}
    proxies:
      hosts:
        hadoop001:
        hadoop002:
`;
}
