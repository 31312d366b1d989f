import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseHierarchy } from '../../lib/lab/cgroup.ts';
import { labEndpoint } from '../../lib/lab/endpoint.ts';
import { labPaths } from '../../lib/lab/paths.ts';
import { killNow, readRecord } from '../../lib/lab/process.ts';
import type { LabStatus } from '../../lib/lab/status.ts';
import { PROFILE } from './support/lab.ts';

const main = new URL('../../roles/program.js', import.meta.url).href;
const entry = `const { main } = await import('${main}'); process.exitCode = await main(process.argv.slice(1));`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ts-play lab …` as a person does: a process of its own, whose output is waited for to its end. */
async function lab(args: readonly string[], stdin = ''): Promise<Outcome> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', entry, '--', 'lab', ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function ok(args: readonly string[], stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await lab(args, stdin);
  assert.equal(code, 0, `ts-play lab ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout.trimEnd();
}

const flagship = ['--profile', PROFILE];
const name = 'e2elab';
const second = 'e2elab-two';
const paths = labPaths(name);
const here = (host: string, ...command: string[]) => ['exec', '--name', name, host, '--', ...command];
const status = async (): Promise<LabStatus> => JSON.parse(await ok(['status', '--name', name, '--json']));
const inits = async () => (await status()).hosts.map(({ init }) => init);
const ssh = (host: string, ...command: string[]) => {
  const options = ['-F', paths.sshConfig, '-o', 'ConnectTimeout=4', '-o', 'BatchMode=yes'];
  return ['enter', '--name', name, '--', 'ssh', ...options, host, ...command];
};

/** What a lab of that name left on this machine. */
async function traces(labName: string): Promise<string[]> {
  const found: string[] = [];
  const { state, run, bridgeNamespace, controllerNamespace } = labPaths(labName);
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (cmdline.includes(`${state}/`) || cmdline.includes(`${run}/`)) found.push(`process ${pid}`);
  }
  for (const line of (await readFile('/proc/mounts', 'utf8')).split('\n')) {
    if (line.includes(`${state}/`) || line.includes(`/netns/${bridgeNamespace} `)) found.push(line);
  }
  const hierarchy = parseHierarchy(await readFile('/proc/mounts', 'utf8'));
  const namespaces = [bridgeNamespace, controllerNamespace].map((namespace) => `/run/netns/${namespace}`);
  const files = [state, run, `${run}.lock`, `/etc/netns/${controllerNamespace}`, ...namespaces];
  return [...found, ...[...files, `${hierarchy}/ts-play-lab-${labName}`].filter((file) => existsSync(file))];
}

async function firstByte(stream: Duplex): Promise<string> {
  const [chunk] = await once(stream, 'data');
  return String(chunk);
}

describe('the built-in lab', function () {
  // The first one ever builds an image.
  this.timeout(600_000);

  before(async () => {
    for (const each of [name, second]) await ok(['down', '--name', each]);
    assert.match(
      await ok(['up', '--name', name, '--hosts', '2', ...flagship]),
      /hadoop002 +192\.0\.2\.12 +on/,
    );
  });
  after(async () => {
    for (const each of [name, second]) await ok(['down', '--name', each]);
    assert.deepEqual([...(await traces(name)), ...(await traces(second))], []);
  });

  it('is left as it is by a second up', async () => {
    const before = await inits();
    await ok(['up', '--name', name]);
    assert.deepEqual(await inits(), before);
    assert.equal(before.length, 2);
  });

  it('boots hosts completely, each with a broker of its own', async () => {
    const cookies = new Set<string>();
    for (const host of ['hadoop001', 'hadoop002']) {
      await ok(here(host, 'sh', '-c', 'timeout 90 systemctl is-system-running --wait'));
      assert.equal(await ok(here(host, 'systemctl', 'is-system-running')), 'running');
      const cluster = JSON.parse(
        await ok(here(host, 'rabbitmqctl', '-q', 'cluster_status', '--formatter', 'json')),
      );
      assert.deepEqual(cluster.running_nodes, [`rabbit@${host}`]);
      cookies.add(await ok(here(host, 'sha256sum', '/var/lib/rabbitmq/.erlang.cookie')));
      assert.match(
        await ok(here(host, 'getent', 'ahostsv4', host)),
        new RegExp(`^192\\.0\\.2\\.1${host.at(-1)} `),
      );
    }
    assert.equal(cookies.size, 2);
  });

  it('runs commands inside a host: input, output, exit code, no environment of ours, no sshd needed', async () => {
    assert.deepEqual(await lab(here('hadoop001', 'sh', '-c', 'cat; echo oops >&2; exit 7'), 'hello\n'), {
      code: 7,
      stdout: 'hello\n',
      stderr: 'oops\n',
    });
    const environment = await ok(here('hadoop001', 'env'));
    assert.ok(!/npm|NODE|SSH/i.test(environment), environment);
    await ok(here('hadoop001', 'systemctl', 'stop', 'ssh'));
    assert.equal(await ok(here('hadoop001', 'cat', '/etc/hostname')), 'hadoop001');
    await ok(here('hadoop001', 'systemctl', 'start', 'ssh'));
  });

  it('runs commands on its network, by names, with nothing else in reach', async () => {
    assert.equal(await ok(ssh('hadoop002', 'hostname')), 'hadoop002');
    assert.equal(await ok(ssh('ops@hadoop002', 'sudo', '-n', 'id', '-un')), 'root');
    assert.equal((await lab(ssh('plain@hadoop002', 'sudo', '-n', 'true'))).code, 1);
    assert.equal((await lab(['enter', '--name', name, '--', 'sh', '-c', 'exit 6'])).code, 6);
    const routes = [
      await ok(['enter', '--name', name, '--', 'ip', '-4', 'route']),
      await ok(here('hadoop001', 'ip', '-4', 'route')),
    ];
    for (const route of routes) assert.match(route, /^192\.0\.2\.0\/24 dev eth0 [^\n]*$/);
  });

  it('is dialled from outside of its network', async () => {
    const { dial } = labEndpoint(name);
    const stream = await dial('hadoop001', 22);
    assert.match(await firstByte(stream), /^SSH-2\.0-OpenSSH/);
    stream.destroy();
    await assert.rejects(dial('hadoop001', 9), { kind: 'unreachable', why: 'ECONNREFUSED' });
    await assert.rejects(dial('example.com', 22), {
      kind: 'unreachable',
      message: /lab e2elab has no host example\.com/,
    });
  });

  it('takes longer when told to', async () => {
    const time = async () => {
      const began = performance.now();
      const stream = await labEndpoint(name).dial('hadoop001', 22);
      await firstByte(stream);
      stream.destroy();
      return performance.now() - began;
    };
    const quick = Math.min(await time(), await time());
    await ok(['delay', '--name', name, '200']);
    assert.ok((await time()) >= quick + 150, `${quick} ms without delay`);
    assert.equal((await status()).delay, 200);
    await ok(['delay', '--name', name, '0']);
    assert.ok(Math.min(await time(), await time(), await time()) < 150);
  });

  it('cuts a host off and plugs it in again', async () => {
    await ok(['cut', '--name', name, 'hadoop002']);
    assert.equal((await lab(ssh('hadoop002', 'true'))).code, 255);
    assert.equal((await status()).hosts[1]?.state, 'cut');
    assert.equal(await ok(here('hadoop002', 'hostname')), 'hadoop002');
    await ok(['heal', '--name', name, 'hadoop002']);
    assert.equal(await ok(ssh('hadoop002', 'hostname')), 'hadoop002');
  });

  it("cuts a host's power: its disk stays, its addresses and processes don't", async () => {
    await ok(
      here('hadoop002', 'sh', '-c', 'echo kept > /root/kept; sync; ip address add 192.0.2.200/24 dev eth0'),
    );
    await ok(['kill', '--name', name, 'hadoop002']);
    assert.equal((await status()).hosts[1]?.state, 'off');
    const refused = await lab(here('hadoop002', 'true'));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /hadoop002 is switched off\n.*ts-play lab start hadoop002 --name e2elab/);
    await ok(['start', '--name', name, 'hadoop002']);
    assert.equal(await ok(ssh('hadoop002', 'cat', '/root/kept')), 'kept');
    assert.ok(!(await ok(here('hadoop002', 'ip', 'address'))).includes('192.0.2.200'));
  });

  it('lets a host reboot', async () => {
    const [, before] = await inits();
    await ok(here('hadoop002', 'systemctl', 'reboot'));
    for (let i = 0; i < 60 && [before, undefined].includes((await inits())[1]); i += 1) await sleep(500);
    await ok(['up', '--name', name]);
    const [, after] = await inits();
    assert.ok(after !== undefined && after !== before);
  });

  it('installs packages on hosts that reach no mirror', async () => {
    assert.equal((await lab(here('hadoop001', 'which', 'gcc'))).code, 1);
    await ok(here('hadoop001', 'apt-get', 'update'));
    await ok(
      here('hadoop001', 'apt-get', 'install', '-y', 'gcc', 'make', 'libc6-dev', 'libssl-dev', 'hello'),
    );
    const program =
      '#include <openssl/crypto.h>\nint main(void){ return OPENSSL_VERSION_MAJOR == 3 ? 0 : 1; }\n';
    await ok(here('hadoop001', 'gcc', '-x', 'c', '-o', '/tmp/probe', '-', '-lcrypto'), program);
    await ok(here('hadoop001', '/tmp/probe'));
    assert.equal(await ok(here('hadoop001', 'hello')), 'Hello, world!');
  });

  it('stands beside another one with the same addresses, and grows', async () => {
    await ok(['up', '--name', second, '--hosts', '1', '--image', 'trixie', ...flagship]);
    const read = (each: string) => ok(['exec', '--name', each, 'hadoop001', '--', 'cat', '/etc/machine-id']);
    assert.notEqual(await read(name), await read(second));
    const others = ['exec', '--name', second, 'hadoop001', '--'];
    assert.match(await ok([...others, 'ip', '-br', 'address']), /192\.0\.2\.11\/24/);
    assert.match(await ok([...others, 'rabbitmqctl', 'version']), /^4\./);
    await ok(['up', '--name', second, '--hosts', '2']);
    const grown = [
      'enter',
      '--name',
      second,
      '--',
      'ssh',
      '-F',
      labPaths(second).sshConfig,
      'hadoop002',
      'hostname',
    ];
    assert.equal(await ok(grown), 'hadoop002');
  });

  it('has bare hosts, with the packages that are asked for', async () => {
    await ok(['down', '--name', second]);
    await ok(['up', '--name', second, '--hosts', '1', '--packages', 'jq']);
    const there = (...command: string[]) => ['exec', '--name', second, 'hadoop001', '--', ...command];
    await ok(there('sh', '-c', 'timeout 90 systemctl is-system-running --wait'));
    assert.equal(await ok(there('jq', '-n', '1')), '1');
    assert.equal((await lab(there('which', 'rabbitmqctl'))).code, 1);
    await ok(there('apt-get', 'update'));
    await ok(['down', '--name', second]);
    await ok(['up', '--name', second, '--hosts', '2', '--image', 'trixie', ...flagship]);
  });

  it('is cleaned up by down, however it died', async () => {
    const dead = labPaths(second);
    const record = await readRecord(dead.host('hadoop001').pid);
    killNow(record?.pid ?? Number.NaN);
    await rm(dead.description);
    await rm(dead.host('hadoop002').pid);
    assert.match(await ok(['down', '--name', second]), /is gone/);
    assert.deepEqual(await traces(second), []);
    assert.match(await ok(['down', '--name', second]), /there is no lab/);
  });

  it('says clearly what was wrong', async () => {
    const cases: [string[], RegExp][] = [
      [['exec', '--name', name, 'hadoop003', '--', 'true'], /has no host hadoop003\n.*hadoop001, hadoop002/],
      [['cut', '--name', name, 'web1'], /has no host web1/],
      [['status', '--name', 'nowhere'], /lab nowhere is not up: type ts-play lab up --name nowhere/],
      [['up', '--name', '../x'], /"\.\.\/x" is not a valid lab name/],
      [['up', '--name', name, '--hosts', 'many'], /--hosts must be a number/],
      [['up', '--name', name, '--image', 'trixie'], /runs bookworm, not trixie/],
      [['up', '--name', name, '--bare'], /made with other packages\n.*rabbitmq-server/],
      [['up', '--name', name, '--bare', '--packages', 'jq'], /cannot be used with/],
      [['up', '--name', name, '--packages', 'a b'], /"a b" .* is not the name of a Debian package/],
      [['up', '--name', name, '--image', 'potato'], /bullseye, bookworm, trixie, forky/],
      [['delay', '--name', name, 'long'], /milliseconds/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await lab(args);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, message);
    }
  });
});
