import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inputError } from '../util/errors.ts';
import { type Description, readDescription, writeDescription } from './description.ts';
import { ensureDisk, writeKnownHosts } from './disk.ts';
import { bootHost, isOn, nameNewHosts } from './host.ts';
import { ensureImage } from './image.ts';
import { ensureLoginKey } from './keys.ts';
import { withLock } from './lock.ts';
import { allowManyWatches, prepareMachine } from './machine.ts';
import { hostNames } from './names.ts';
import { makeLabNetwork, setLeg } from './network.ts';
import { type LabPaths, labPaths } from './paths.ts';
import { until } from './process.ts';
import type { Release } from './recipe.ts';
import { relayDelay } from './relay-client.ts';
import type { Say } from './say.ts';
import { ensureSources } from './sources.ts';
import { waitForSsh } from './ssh-wait.ts';

export interface UpOptions {
  readonly name: string;
  /** Hosts the lab shall have; a lab never loses any. Default: as many as it has, 3 for a new one. */
  readonly hosts?: number | undefined;
  /** Default: what the lab has, bookworm for a new one. */
  readonly release?: Release | undefined;
  readonly say: Say;
}

/** Brings a lab up, or whatever of it is missing, and waits until every host answers SSH. */
export async function labUp(options: UpOptions): Promise<void> {
  const lab = labPaths(options.name);
  await prepareMachine(options.say);
  await withLock(lab.lock, 900, async () => {
    const before = await readDescription(lab);
    const release = options.release ?? before?.release ?? 'bookworm';
    checkSameLab(lab, before, release);
    const [image] = await Promise.all([
      before?.image ?? ensureImage(release, options.say),
      ensureSources(options.say),
    ]);
    const hosts = Math.max(before?.hosts ?? 0, options.hosts ?? before?.hosts ?? 3);
    await raise(lab, { release, image, hosts }, options.say);
  });
}

function checkSameLab(lab: LabPaths, before: Description | undefined, release: Release): void {
  if (before === undefined) return;
  const next = `ts-play lab down --name ${lab.name}, or another --name`;
  if (before.release !== release) {
    throw inputError(`lab ${lab.name} runs ${before.release}, not ${release}`, { next });
  }
  if (!existsSync(before.image)) throw inputError(`the image of lab ${lab.name} is gone`, { next });
}

async function raise(lab: LabPaths, description: Description, say: Say): Promise<void> {
  await mkdir(lab.hostsFolder, { recursive: true, mode: 0o700 });
  await mkdir(lab.run, { recursive: true, mode: 0o700 });
  const loginKey = await ensureLoginKey(lab);
  await writeDescription(lab, description);
  await Promise.all([allowManyWatches(), makeLabNetwork(lab, description.hosts)]);
  await ensureRelay(lab);
  const names = hostNames(description.hosts);
  await Promise.all(
    names.map(async (host) => {
      await ensureDisk(lab, host, description.image, description.hosts, loginKey);
      const cut = lab.host(host).cut;
      const on = await isOn(lab, host);
      if (existsSync(cut)) {
        say(`${host}: plugging it in again`);
        await rm(cut);
        if (on) await setLeg(lab, host, 'up');
      }
      if (on) return;
      say(`${host}: booting`);
      await bootHost(lab, host, description.image);
    }),
  );
  await writeKnownHosts(lab, names);
  await Promise.all(names.map((host) => waitForSsh(lab, host)));
  await nameNewHosts(lab, names);
}

/** Starts the lab's relay when none answers. */
async function ensureRelay(lab: LabPaths): Promise<void> {
  const answers = () =>
    relayDelay(lab.relaySocket).then(
      () => true,
      () => false,
    );
  if (await answers()) return;
  const log = await open(lab.relayLog, 'a');
  const script = fileURLToPath(new URL('./relay.js', import.meta.url));
  const argv = ['netns', 'exec', lab.controllerNamespace, process.execPath, script];
  const child = spawn('ip', [...argv, lab.relaySocket, lab.relayPid], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    // No NODE_OPTIONS of whoever happens to call.
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  await log.close();
  child.unref();
  await until(answers, 20, "the start of the lab's relay");
}
