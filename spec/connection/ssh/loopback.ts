import type { SshTarget } from '../../../lib/connection/ssh.ts';

/** The target web1 on 127.0.0.1: strict host key checking; no keys and no known hosts unless given. */
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
