// The main job by ts-play: playbooks/site.ts, as a person types it.
import { tsPlay } from './lab.mjs';

/** Runs a playbook in a lab. @returns wall-clock milliseconds of the whole process, its recap, and all its events */
export async function play(lab, cache, playbook = 'playbooks/site.ts') {
  const args = [playbook, '-i', 'inventory/lab.yml', '-e', `lab_name=${lab.name}`, '--output', 'json'];
  const { ms, stdout, stderr } = await tsPlay(args, { env: { TS_PLAY_CACHE: cache } });
  if (!/\n\{"type":"recap".*\}\n$/.test(stdout)) {
    throw new Error(`${playbook} ended without a recap:\n${stdout.slice(-4000)}\n${stderr}`);
  }
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const recap = events.at(-1);
  const changed = Object.values(recap.hosts).reduce((total, host) => total + host.changed, 0);
  return { ms, changed, recap, events };
}
