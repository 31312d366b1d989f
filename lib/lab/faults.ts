import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { inputError } from '../util/errors.ts';
import { existingLab, type Lab } from './description.ts';
import { bootHost, isOn, killHost } from './host.ts';
import { checkHost } from './inside.ts';
import { withLock } from './lock.ts';
import { setLeg } from './network.ts';
import { relayDelay } from './relay-client.ts';
import { waitForSsh } from './ssh-wait.ts';

const lockSeconds = 300;

async function withHost(labName: string, host: string, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await existingLab(labName);
  checkHost(lab, host);
  await withLock(lab.paths.lock, lockSeconds, () => work(lab));
}

/** Takes a host off the network, as pulling its cable does. It stays cut when it is booted again. */
export function cutHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, async ({ paths }) => {
    await writeFile(paths.host(host).cut, '');
    if (await isOn(paths, host)) await setLeg(paths, host, 'down');
  });
}

/** Plugs the cable in again. */
export function healHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, async ({ paths }) => {
    await rm(paths.host(host).cut, { force: true });
    if (await isOn(paths, host)) await setLeg(paths, host, 'up');
  });
}

/** Cuts a host's power. */
export function killLabHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, ({ paths }) => killHost(paths, host));
}

/** Switches a host on again, with the disk it had, and waits for SSH unless its network is cut. */
export function startLabHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, async ({ paths, image }) => {
    if (!(await isOn(paths, host))) await bootHost(paths, host, image);
    if (!existsSync(paths.host(host).cut)) await waitForSsh(paths, host);
  });
}

/** Adds a round trip of so many milliseconds to connections from the controller. Gives what holds then. */
export async function delayLab(labName: string, milliseconds: number): Promise<number> {
  const { paths } = await existingLab(labName);
  return relayDelay(paths.relaySocket, milliseconds).catch((cause: Error) => {
    throw inputError(`lab ${labName}'s relay does not answer`, {
      why: cause.message,
      next: 'ts-play lab up starts it again',
      cause,
    });
  });
}

/** Milliseconds, from what was typed. */
export function parseDelay(text: string): number {
  const milliseconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (milliseconds <= 60_000) return milliseconds;
  throw inputError(`delay takes milliseconds from 0 to 60000, not "${text}"`);
}
