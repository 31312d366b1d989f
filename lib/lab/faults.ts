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

/** Cuts a host off the network, like a pulled cable. It stays cut after a reboot. */
export function cutHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, async ({ paths }) => {
    await writeFile(paths.host(host).cut, '');
    if (await isOn(paths, host)) await setLeg(paths, host, 'down');
  });
}

/** Connects a host to the network again. */
export function healHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, async ({ paths }) => {
    await rm(paths.host(host).cut, { force: true });
    if (await isOn(paths, host)) await setLeg(paths, host, 'up');
  });
}

/** Switches a host off without a shutdown, like a power failure. */
export function killLabHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, ({ paths }) => killHost(paths, host));
}

/** Boots a host with its existing disk, and waits for SSH unless its network is cut. */
export function startLabHost(labName: string, host: string): Promise<void> {
  return withHost(labName, host, async ({ paths, image }) => {
    if (!(await isOn(paths, host))) await bootHost(paths, host, image);
    if (!existsSync(paths.host(host).cut)) await waitForSsh(paths, host);
  });
}

/** Sets the delay in milliseconds that is added to each round trip from the controller. Returns the new delay. */
export async function delayLab(labName: string, milliseconds: number): Promise<number> {
  const { paths } = await existingLab(labName);
  return relayDelay(paths.relaySocket, milliseconds).catch((cause: Error) => {
    throw inputError(`lab ${labName}'s relay does not answer`, {
      why: cause.message,
      next: 'start it again: ts-play lab up',
      cause,
    });
  });
}

/** Parses the milliseconds on the command line. */
export function parseDelay(text: string): number {
  const milliseconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (milliseconds <= 60_000) return milliseconds;
  throw inputError(`delay must be a number of milliseconds from 0 to 60000, not "${text}"`);
}
