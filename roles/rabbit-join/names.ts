import { check, line, sh, type Task } from '../../lib/index.ts';

/**
 * A host's own line in /etc/hosts, at the top, where it wins. Lines that give other names as well stay as they are.
 */
export function hostsEntry(hostname: string, address: string): Task {
  const name = hostname.replaceAll('.', '\\.');
  return line({
    path: '/etc/hosts',
    line: `${address} ${hostname}`,
    match: `^\\s*[^#\\s]+\\s+${name}\\s*$`,
    insertBefore: 'top',
  });
}

/** That the host finds another by its name; at this address, if one is given. */
export function resolves(hostname: string, address?: string): Task {
  return check({
    that: `${hostname} is found by name`,
    probe: sh`getent ahosts ${hostname}`,
    holds({ code, stdout }) {
      const [found] = stdout.split(/\s/);
      if (code !== 0 || !found) return `${hostname} does not resolve on this host`;
      if (address === undefined || stdout.split('\n').some((row) => row.split(/\s/)[0] === address))
        return true;
      return `${hostname} resolves to ${found} on this host, and not to ${address}`;
    },
    next:
      address === undefined
        ? 'add it to DNS, or set rabbit_hosts_entries: true'
        : 'another line of /etc/hosts names it: remove it there',
  });
}
