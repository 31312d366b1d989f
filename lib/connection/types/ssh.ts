import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { defineConnection } from '../definition.ts';
import { absolute, commonTarget, missingKeys, readSshVars, refuseKeyFile } from '../ssh/vars.ts';

/** A host that is reached by SSH. */
export const sshConnection = defineConnection({
  names: ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh'],
  prepare(reader, defaults) {
    const vars = readSshVars(reader);
    const missing = missingKeys(reader, vars.privateKeyFiles ?? []);
    if (defaults.privateKeyFile !== undefined && !vars.privateKeyFiles)
      refuseKeyFile(defaults.privateKeyFile);
    const user = vars.user ?? defaults.user ?? userInfo().username;
    return {
      user,
      warnings: [...vars.warnings, ...missing],
      async open(signal) {
        const ssh = join(homedir(), '.ssh');
        const explicit =
          vars.privateKeyFiles ?? (defaults.privateKeyFile ? [absolute(defaults.privateKeyFile)] : undefined);
        const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(ssh, name)).filter(existsSync);
        // Imported only now: a run on this machine alone need not wait for the SSH library.
        const { connectSsh } = await import('../ssh.ts');
        return connectSsh(
          {
            ...commonTarget(reader.host.name, vars, defaults),
            address: vars.address ?? reader.host.name,
            user,
            privateKeyFiles: explicit ?? usual,
            agent: process.env['SSH_AUTH_SOCK'] || undefined,
            identitiesOnly: vars.args.identitiesOnly,
            knownHostsFiles: [
              ...(vars.args.userKnownHostsFiles ?? [join(ssh, 'known_hosts')]),
              ...(vars.args.globalKnownHostsFiles ?? ['/etc/ssh/ssh_known_hosts']),
            ].map(absolute),
          },
          { signal },
        );
      },
    };
  },
});
