import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { execute } from './execute.mjs';
import { tsPlay } from './lab.mjs';

/** What the figures were taken on, as lines of text. No names of hosts. */
export async function describeMachine() {
  const first = async (command, args) => {
    const { stdout, stderr } = await execute(command, args);
    return (stdout || stderr).split('\n')[0].trim();
  };
  const release = /^PRETTY_NAME="?(.*?)"?$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  const [ansible, collections, ssh, own] = await Promise.all([
    first('ansible', ['--version']),
    first('dpkg-query', ['-W', 'ansible']),
    first('ssh', ['-V']),
    tsPlay(['--version']).then(({ stdout }) => stdout.trim()),
  ]);
  return [
    `${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}), ${Math.round(os.totalmem() / 2 ** 30)} GiB memory`,
    `${release}, Linux ${os.release()}, Node ${process.versions.node}, ${ssh.split(',')[0]}`,
    `ts-play ${own}; ${ansible.replace(/[[\]]/g, '')}, package ${collections.replace('\t', ' ')}`,
  ];
}
