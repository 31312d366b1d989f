import { defineFact, type Fact, lines, type Script, sh } from '../../../lib/index.ts';

/** What a host has of the broker's package, and could have. Versions as the package manager writes them. */
export interface Offer {
  readonly installed: string;
  /** The newest first. */
  readonly available: readonly string[];
}

/** Asks apt's lists as they are on the host. */
export function askOffer(name: string): Fact<Offer> {
  return defineFact({
    name: `versions of ${name}`,
    fresh: true,
    script: sh`if ! command -v apt-cache >/dev/null 2>&1; then echo 'this host has no apt' >&2; exit 1; fi
printf 'installed %s\n' "$(dpkg-query -W -f '\${Version}' ${name} 2>/dev/null)"
apt-cache madison ${name} | cut -d'|' -f2 | tr -d ' '`,
    parse({ code, stdout, stderr }) {
      const [first = '', ...available] = stdout.split('\n').filter(Boolean);
      const installed = first.replace(/^installed ?/, '');
      if (code !== 0 || installed === '')
        throw new Error(`${name} can't be upgraded: ${stderr || 'it is not installed as a package'}`);
      return { installed, available };
    },
  });
}

/** The package version that is meant: the newest, or the newest of a broker's version. Undefined when there is none. */
export function chosen({ installed, available }: Offer, version: string | undefined): string | undefined {
  if (version === undefined) return available[0] ?? installed;
  const isIt = (packaged: string) =>
    packaged === version || packaged.replace(/^\d+:/, '').replace(/[-+~].*$/, '') === version;
  return isIt(installed) ? installed : available.find(isIt);
}

/** The broker's package, which comes first. @throws RangeError when there is none */
export function brokerPackage([first]: readonly string[]): string {
  if (first === undefined) throw new RangeError('no package is named');
  return first;
}

/** Installs it, also after an attempt that was cut off; for a broker that is down. */
export function install(names: readonly string[], version: string): Script {
  const [broker, ...others] = [brokerPackage(names), ...names.slice(1)];
  return lines(
    sh`export DEBIAN_FRONTEND=noninteractive`,
    sh`dpkg --configure -a </dev/null`,
    sh`apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold ${[`${broker}=${version}`, ...others]} </dev/null`,
    // Its maintainer script may have started it with a cluster that is not asked for yet.
    sh`systemctl daemon-reload`,
  );
}
