import { defineConnection } from '../definition.ts';
import { absolute, commonTarget, readSshVars } from '../ssh/vars.ts';

/** A host of a lab on this machine, by SSH through the lab's relay. */
export const labConnection = defineConnection({
  names: ['lab'],
  prepare(reader, defaults) {
    const vars = readSshVars(reader);
    const labName = reader.text(['lab_name']) ?? 'lab';
    const user = vars.user ?? defaults.user ?? 'root';
    return {
      user,
      warnings: vars.warnings,
      async open(signal) {
        const [{ labEndpoint }, { connectSsh }] = await Promise.all([
          import('../../lab/endpoint.ts'),
          import('../ssh.ts'),
        ]);
        const lab = labEndpoint(labName);
        const wanted = vars.address ?? reader.host.name;
        return connectSsh(
          {
            ...commonTarget(reader.host.name, vars, defaults),
            address: lab.address(wanted) ?? wanted,
            user,
            privateKeyFiles: vars.privateKeyFiles ?? [lab.privateKeyFile],
            knownHostsFiles: vars.args.userKnownHostsFiles?.map(absolute) ?? [lab.knownHostsFile],
            dial: lab.dial,
          },
          { signal },
        );
      },
    };
  },
});
