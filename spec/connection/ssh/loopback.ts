import type { SshTarget } from '../../../lib/connection/ssh.ts';

/** A target on 127.0.0.1 that the inventory calls web1: strict, with no key and no known host unless given. */
export function loopback(port: number, rest: Partial<SshTarget> = {}): SshTarget {
  return {
    host: 'web1',
    address: '127.0.0.1',
    port,
    user: 'root',
    privateKeyFiles: [],
    knownHostsFiles: [],
    hostKeyChecking: 'strict',
    connectTimeoutMs: 5000,
    ...rest,
  };
}
