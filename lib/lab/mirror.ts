import { inputError } from '../util/errors.ts';
import { attempt } from './command.ts';
import { TESTING } from './recipe.ts';

/** Where Debian's packages come from. */
export interface Mirror {
  readonly main: string;
  /** Undefined where the machine uses none: then there are no security updates. */
  readonly security: string | undefined;
}

/** Debian releases whose mirror serves every other release as well. */
const releases = /^(bullseye|bookworm|trixie|forky|sid)$/;

/**
 * Reads `URI CODENAME COMPONENT ORIGIN` lines, as this machine's apt prints them. The origin is missing before the
 * first `apt-get update`: then the address has to do, since other vendors name their repositories `bookworm main` too.
 * @throws PlayError `input` when they name no mirror of Debian
 */
export function parseMirror(targets: string): Mirror {
  const rows = targets.split('\n').map((line) => line.trim().split(/\s+/));
  const uri = (wanted: (codename: string) => boolean) =>
    rows.find(
      ([address = '', codename = '', component, origin]) =>
        component === 'main' &&
        wanted(codename) &&
        (origin === undefined ? /debian/.test(address) : origin === 'Debian'),
    )?.[0];
  const main = uri((codename) => releases.test(codename));
  if (main === undefined) {
    throw inputError(
      "this machine's apt knows no mirror of Debian, from which the lab's hosts could be made",
      {
        next: 'name one in /etc/apt/sources.list, then type apt-get update',
      },
    );
  }
  return { main, security: uri((codename) => codename.endsWith('-security')) };
}

/** The mirror this machine's own apt uses. */
export async function machineMirror(): Promise<Mirror> {
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)';
  const { stdout } = await attempt(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']);
  return parseMirror(stdout);
}

/** How this machine's apt reaches the mirror, as options for another apt: its proxies, if any. */
export async function machineAptOptions(): Promise<string[]> {
  const { stdout } = await attempt(['apt-config', 'dump', 'Acquire::http::Proxy', 'Acquire::https::Proxy']);
  return stdout.split('\n').filter((line) => /^Acquire::https?::Proxy(::\S+)? "[^"]+";$/.test(line));
}

const signed = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg';
/** A mirror that is frozen, so that builds repeat, keeps a release that still moves beyond its date. */
const timeless = 'check-valid-until=no';

/** Lines of sources.list for a release's packages, with its updates. */
export function aptSources(mirror: Mirror, release: string): string[] {
  const options = release === TESTING ? `[${signed} ${timeless}]` : `[${signed}]`;
  return [
    `deb ${options} ${mirror.main} ${release} main`,
    `deb ${options} ${mirror.main} ${release}-updates main`,
    ...(mirror.security === undefined ? [] : [`deb ${options} ${mirror.security} ${release}-security main`]),
  ];
}

/**
 * The line of sources.list for a release's sources. Without its updates: the upstream archive is the same
 * there, and superseded files are soon gone from them.
 */
export function aptSource(mirror: Mirror, release: string): string {
  return `deb-src [${signed}] ${mirror.main} ${release} main`;
}
