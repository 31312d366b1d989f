import { homeFolder } from '../domain/haproxy/paths.ts';

/** /etc/profile.d/haproxy.sh. For people only: systemd reads no profile. */
export function haproxyProfile(root: string): string {
  return `# Written by ts-play (role haproxy-build): changes made here are lost.
export HAPROXY_HOME=${homeFolder(root)}
export PATH="$PATH:$HAPROXY_HOME/sbin"
`;
}
