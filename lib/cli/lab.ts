import { Command, Option } from 'commander';
import { bare, type Profile, packagesOnly, profileFiles, profileIn, readProfile } from '../lab/profile.ts';
import { type Release, releases } from '../lab/recipe.ts';

/** `ts-play lab …`. What a subcommand needs is loaded when it runs, so that the others stay quick. */
export function labCommand(): Command {
  const lab = new Command('lab').description('real hosts on this machine, in a network of their own');

  named(lab.command('up'))
    .description('boot the lab, or whatever of it is missing, and wait until every host answers SSH')
    .option('--hosts <n>', 'hosts it shall have (default: 3, or as many as it has)')
    .addOption(new Option('--image <release>', 'Debian release of the hosts').choices(releases))
    .addOption(
      new Option(
        '--profile <file>',
        `what the hosts have installed (default: ${profileFiles.join(' or ')}, if there is one)`,
      ).conflicts(['packages', 'bare']),
    )
    .addOption(
      new Option('--packages <list>', 'instead of a profile: Debian packages, separated by commas').conflicts(
        'bare',
      ),
    )
    .option('--bare', 'instead of a profile: hosts with no more than the lab itself needs')
    .action(async (options: UpFlags) => {
      const [{ labUp }, { parseHostCount }] = await Promise.all([
        import('../lab/lab.ts'),
        import('../lab/names.ts'),
      ]);
      const hosts = options.hosts === undefined ? undefined : parseHostCount(options.hosts);
      const profile = await profileOf(options);
      const found = profile === undefined ? await profileIn(process.cwd()) : undefined;
      await labUp({
        name: options.name,
        hosts,
        release: options.image,
        profile,
        newProfile: found?.profile,
        say: print,
      });
      await printStatus(options.name);
    });

  named(lab.command('down'))
    .description('end the lab and throw its disks away, whatever state it is in')
    .action(async ({ name }: Named) => {
      const { labDown } = await import('../lab/down.ts');
      print((await labDown(name)) ? `lab ${name} is gone` : `there is no lab ${name}`);
    });

  named(lab.command('status'))
    .description('what stands')
    .option('--json', 'as one JSON object')
    .action(({ name, json }: Named & { json?: true }) => printStatus(name, json));

  named(lab.command('exec'))
    .description('run a command inside a host, as root, also when its network or sshd is down')
    .usage('[--name <lab>] <host> -- <command...>')
    .argument('<host>')
    .argument('<command...>')
    .action(async (host: string, command: string[], { name }: Named) => {
      const { execInHost } = await import('../lab/inside.ts');
      process.exitCode = await execInHost(name, host, command);
    });

  named(lab.command('enter'))
    .description("run a command of this machine on the lab's network")
    .usage('[--name <lab>] -- <command...>')
    .argument('<command...>')
    .action(async (command: string[], { name }: Named) => {
      const { enterLab } = await import('../lab/inside.ts');
      process.exitCode = await enterLab(name, command);
    });

  onHost(lab, 'cut', "take a host's network leg down", async (name, host) => {
    const { cutHost } = await import('../lab/faults.ts');
    await cutHost(name, host);
    return `${host} is cut off; ts-play lab heal ${host} plugs it in again`;
  });
  onHost(lab, 'heal', "take a host's network leg up again", async (name, host) => {
    const { healHost } = await import('../lab/faults.ts');
    await healHost(name, host);
    return `${host} is on the network`;
  });
  onHost(lab, 'kill', "cut a host's power: nothing is shut down in order", async (name, host) => {
    const { killLabHost } = await import('../lab/faults.ts');
    await killLabHost(name, host);
    return `${host} is off; ts-play lab start ${host} boots it again`;
  });
  onHost(lab, 'start', 'boot a host again, with the disk it had, and wait for SSH', async (name, host) => {
    const { startLabHost } = await import('../lab/faults.ts');
    await startLabHost(name, host);
    return `${host} is on`;
  });

  named(lab.command('delay'))
    .description('add latency between the controller and the hosts; 0 ends it')
    .argument('<ms>', 'milliseconds a round trip takes longer')
    .action(async (text: string, { name }: Named) => {
      const { delayLab, parseDelay } = await import('../lab/faults.ts');
      print(`round trips in lab ${name} take ${await delayLab(name, parseDelay(text))} ms longer`);
    });

  return lab;
}

interface UpFlags extends Named {
  readonly hosts?: string;
  readonly image?: Release;
  readonly profile?: string;
  readonly packages?: string;
  readonly bare?: boolean;
}

/** The profile that was asked for, if any. */
async function profileOf({ profile, packages, bare: isBare }: UpFlags): Promise<Profile | undefined> {
  if (profile !== undefined) return readProfile(profile);
  if (packages !== undefined) return packagesOnly(packages);
  return isBare ? bare : undefined;
}

interface Named {
  readonly name: string;
}

function named(command: Command): Command {
  return command.option('--name <lab>', 'which lab', 'lab');
}

function onHost(
  lab: Command,
  verb: string,
  description: string,
  action: (name: string, host: string) => Promise<string>,
): void {
  named(lab.command(verb))
    .description(description)
    .argument('<host>')
    .action(async (host: string, { name }: Named) => print(await action(name, host)));
}

async function printStatus(name: string, json?: true): Promise<void> {
  const { formatStatus, labStatus } = await import('../lab/status.ts');
  const status = await labStatus(name);
  print(json ? JSON.stringify(status) : formatStatus(status));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
