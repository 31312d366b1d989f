// The program `ts-play`: the engine's command line, with everything that is shipped with it.
import { readFile } from 'node:fs/promises';
import { main as commandLine } from '../lib/cli/main.ts';
import type { Shipped } from '../lib/cli/shipped.ts';

export { hasRun } from '../lib/cli/main.ts';

/** What is shipped. Each part is imported when it is used, so that the others stay quick. */
export const shipped: Shipped = {
  async modules() {
    const { shippedModules } = await import('./index.ts');
    return shippedModules;
  },
  fileLinters: [
    {
      option: 'keepalived',
      description: "a host's own keepalived.conf; repeat it, once a host",
      async lint(files) {
        const { lintKeepalivedFiles } = await import('./keepalived-build/lint-files.ts');
        return lintKeepalivedFiles(files, (file) => readFile(file, 'utf8'));
      },
    },
  ],
  demo: {
    description: 'builds the highly available RabbitMQ cluster on the built-in lab',
    profile: 'inventory/lab.profile.yml',
    inventory: 'inventory/lab.yml',
    playbook: 'playbooks/site.ts',
    report: 'playbooks/status.ts',
    next: (name, extra) => [
      'The passwords are in inventory/lab.yml.',
      `  npx ts-play playbooks/site.ts -i inventory/lab.yml${extra} --check --diff`,
      `  npx ts-play playbooks/site.ts -i inventory/lab.yml${extra} --role haproxy-build`,
      `  npx ts-play lab status${name}`,
      `  npx ts-play lab exec${name} hadoop001 -- rabbitmqctl cluster_status`,
      `  npx ts-play lab kill${name} hadoop001     cut its power, and see the virtual IP move`,
      `  npx ts-play lab start${name} hadoop001`,
      `  npx ts-play lab down${name}               end the lab`,
    ],
  },
};

/** Runs the command line. @returns the process's exit code */
export function main(args: readonly string[]): Promise<number> {
  return commandLine(args, shipped);
}
