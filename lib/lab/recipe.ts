import { createHash } from 'node:crypto';
import type { Profile } from './profile.ts';

/** Debian's next release, which still moves. */
export const TESTING = 'forky';
export const releases = ['bullseye', 'bookworm', 'trixie', TESTING] as const;
/** A Debian release that hosts can run. */
export type Release = (typeof releases)[number];

/** What the lab itself needs on a host. */
const needed = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'procps',
  // For mirrors that are reached by https while the image is built.
  'ca-certificates',
  'kmod',
];

/** Shell code that gets a profile's offered packages into the host's own repository. */
function fetchOffered({ packages, offered }: Profile): string {
  const installed = offered.filter((name) => packages.includes(name));
  const others = offered.filter((name) => !installed.includes(name));
  return [
    ...(others.length > 0
      ? [
          `apt-get --quiet --yes --download-only install ${others.join(' ')}`,
          `find /var/cache/apt/archives -maxdepth 1 -name '*.deb' -exec mv -t "$repo" {} +`,
        ]
      : []),
    // One that is installed is only offered for a host that has removed it.
    ...(installed.length > 0 ? [`(cd "$repo" && apt-get --quiet download ${installed.join(' ')})`] : []),
  ].join('\n');
}

/** Shell code that runs inside the new root while the mirror can still be reached. */
const finish = (profile: Profile) => String.raw`
export DEBIAN_FRONTEND=noninteractive
repo=/srv/ts-play-repo
mkdir -p "$repo"
${fetchOffered(profile)}
cd "$repo"
# Names with an escaped colon (an epoch) confuse the file: method.
for deb in *%3a*.deb; do
  [ ! -e "$deb" ] || mv "$deb" "$(printf %s "$deb" | sed 's/%3a/./g')"
done
for deb in *.deb; do
  [ -e "$deb" ] || continue
  dpkg-deb --field "$deb"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
done > Packages
# Without a Release file apt tries every compression there is, one after the other.
{
  echo 'Suite: ts-play'
  echo "Date: $(LC_ALL=C date -Ru)"
  echo 'SHA256:'
  printf ' %s %s Packages\n' "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)"
} > Release
chmod a+rX -R "$repo"

# From here on the host knows no other source than the folder it carries.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
echo "deb [trusted=yes] file:$repo ./" > /etc/apt/sources.list.d/ts-play.list
cat > /etc/apt/apt.conf.d/90lab <<'END'
// Recommended packages are not in the repository the host carries.
APT::Install-Recommends "false";
Acquire::Languages "none";
END
# A lab's disk is thrown away: syncing every file only costs time.
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/90lab
apt-get --quiet update

useradd --create-home --shell /bin/bash ops
useradd --create-home --shell /bin/bash plain
echo 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops
chmod 0440 /etc/sudoers.d/ops

# Keys only, also for root.
mkdir -p /etc/ssh/sshd_config.d
printf 'PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n' > /etc/ssh/sshd_config.d/lab.conf

# There is no terminal on a container's console and no kernel of its own to mount things for.
systemctl --quiet mask console-getty.service getty@tty1.service getty.target systemd-firstboot.service
systemctl --quiet mask dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount
# These would hold apt's lock at unforeseeable times, for nothing: no host reaches a mirror.
systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service
systemctl --quiet mask e2scrub_all.timer e2scrub_reap.service fstrim.timer

# Each host makes these for itself: nothing secret or singular may be in the image.
${profile.removed.length > 0 ? `rm -rf ${profile.removed.join(' ')}` : ''}
rm -f /etc/ssh/ssh_host_* /etc/hostname /etc/resolv.conf /etc/machine-id
: > /etc/machine-id
`;

/** How an image is made, as plain data; the same data is the same image. */
export interface Recipe {
  readonly release: Release;
  readonly packages: readonly string[];
  /** Shell code that runs inside the new root at the end, with the mirror still there. */
  readonly finish: string;
}

/** How the image of a release's hosts with this profile is made. */
export function imageRecipe(release: Release, profile: Profile): Recipe {
  return {
    release,
    packages: [...new Set([...needed, ...profile.packages])],
    finish: finish(profile),
  };
}

/** Twelve hex digits that change whenever the recipe does. */
export function recipeKey(recipe: Recipe): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}
