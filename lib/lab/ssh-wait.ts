import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { PlayError } from '../util/errors.ts';
import { labEndpoint } from './endpoint.ts';
import { isOn } from './host.ts';
import type { LabPaths } from './paths.ts';

const bootSeconds = 120;

/** Waits until root can log in with the lab's key, and checks the host key. */
export async function waitForSsh(lab: LabPaths, host: string): Promise<void> {
  const [privateKey, hostKey] = await Promise.all([
    readFile(lab.privateKey, 'utf8'),
    readFile(lab.host(host).hostKey, 'utf8'),
  ]);
  const deadline = Date.now() + bootSeconds * 1000;
  let offSince: number | undefined;
  for (;;) {
    const trouble = await logIn(lab, host, privateKey, hostKey).then(
      () => undefined,
      (error: Error) => error,
    );
    if (trouble === undefined) return;
    if (trouble instanceof PlayError && trouble.kind === 'failed') throw trouble;
    // A host counts as off for a moment, until its supervisor has written its record.
    if (await isOn(lab, host)) offSince = undefined;
    else offSince ??= Date.now();
    const died = offSince !== undefined && Date.now() - offSince > 3000;
    if (died || Date.now() > deadline) throw await bootFailure(lab, host, died, trouble);
    await sleep(150);
  }
}

async function logIn(lab: LabPaths, host: string, privateKey: string, hostKey: string): Promise<void> {
  const sock = await labEndpoint(lab.name).dial(host, 22);
  const client = new ssh2.Client();
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject);
      client.on('close', () => reject(new Error('the connection was closed before the login')));
      client.connect({
        sock,
        username: 'root',
        privateKey,
        readyTimeout: 10_000,
        hostVerifier: (key: Buffer) => {
          const isRight = hostKey.startsWith(`ssh-ed25519 ${key.toString('base64')} `);
          // The key will not change: don't wait for the timeout.
          if (!isRight) reject(wrongKey(host));
          return isRight;
        },
      });
    });
  } finally {
    // Later errors don't matter, but without a listener an error event would end the process.
    client.on('error', () => {});
    client.destroy();
    sock.destroy();
  }
}

function wrongKey(host: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `${host} presents a host key that differs from the one that the lab created`,
    next: 'create new hosts: ts-play lab down, then ts-play lab up',
  });
}

async function bootFailure(lab: LabPaths, host: string, died: boolean, trouble: Error): Promise<PlayError> {
  const text = await readFile(lab.host(host).console, 'utf8').catch(() => '');
  const end = text.trimEnd().split('\n').slice(-10).join('\n');
  return new PlayError({
    kind: 'failed',
    what: died
      ? `${host} stopped during its boot`
      : `waiting for SSH on ${host} timed out after ${bootSeconds} s`,
    why: `${trouble.message}\nThe end of its console (${lab.host(host).console}):\n${end}`,
    next: 'ts-play lab down, then ts-play lab up',
    cause: trouble,
  });
}
