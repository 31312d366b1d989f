import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { asPlayError, formatError, type PlayError } from '../errors.ts';
import type { LintFlags } from './lint.ts';
import { version } from './package.ts';
import type { RunFlags } from './run-command.ts';

let ran = false;

/** Whether this process has worked on hosts: by then most of the program has been compiled. */
export function hasRun(): boolean {
  return ran;
}

/** The command line. @returns the process's exit code: 0 ok, 1 usage or input, 2 failed, 4 unreachable, 130 interrupted */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('ts-play')
    .description('Runs a typed playbook on the hosts of an inventory.')
    .version(version(), '-V, --version')
    .exitOverride()
    .enablePositionalOptions()
    .passThroughOptions(false)
    .argument('[playbook]', 'a TypeScript file whose default export is definePlaybook({ … })')
    .option('-i, --inventory <file>', 'inventory in YAML, as for Ansible')
    .option('-l, --limit <pattern>', 'only these of the hosts')
    .option('--role <name>', 'only this role; repeat for more', collect, [])
    .option('-t, --tags <tags>', 'only tasks with these tags, separated by commas', collectList, [])
    .option('--skip-tags <tags>', 'all but tasks with these tags', collectList, [])
    .option('-C, --check', 'predict what would change and touch nothing')
    .option('-D, --diff', 'show the changes in text files')
    .option(
      '-e, --extra-vars <vars>',
      'key=value, {json} or @file; wins over every other variable',
      collect,
      [],
    )
    .option('-f, --forks <n>', 'hosts worked on at once', positive)
    .option('-u, --user <name>', 'log in as this user where the inventory says none')
    .option('--private-key <file>', 'log in with this key where the inventory names none')
    .option('-b, --become', 'become another user by passwordless sudo')
    .option('--become-user <name>', 'the user to become (root)')
    .option('--no-write', 'leave the inventory file alone and show what would be written')
    .option('--accept-new', 'trust the host key of a host seen for the first time, and remember it')
    .option('-v, --verbose', 'say more; repeat for still more', (_: string, before: number) => before + 1, 0)
    .addOption(
      new Option('--output <kind>', 'live on a terminal, plain elsewhere').choices(['live', 'plain', 'json']),
    )
    .option('--list-hosts', 'list the hosts of each play and stop')
    .option('--list-tasks', 'list the tasks of each play and stop')
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 usage or input error, 2 hosts failed, 4 hosts unreachable, 130 interrupted.',
    )
    .action(async (playbook: string | undefined, flags: RunFlags, command: Command) => {
      if (playbook === undefined) {
        command.outputHelp({ error: true });
        exitCode = usageError(args);
        return;
      }
      const { runCommand } = await import('./run-command.ts');
      exitCode = await runCommand(playbook, flags);
      ran = !flags.listHosts && !flags.listTasks && exitCode !== 1;
    });
  if (args[0] === 'lab') {
    const { labCommand } = await import('./lab.ts');
    program.addCommand(labCommand());
  } else {
    program
      .command('lab')
      .description('real systemd hosts on this machine to try things on: ts-play lab --help');
  }
  program
    .command('lint')
    .description(
      'judges the design of a cluster without contacting its hosts; exit code 2 when something is wrong',
    )
    .argument('[playbook]', 'a playbook; not needed with --keepalived')
    .option('-i, --inventory <file>', 'inventory in YAML, as for Ansible')
    .option('-l, --limit <pattern>', 'judge all, show what concerns these hosts')
    .option('-e, --extra-vars <vars>', 'key=value, {json} or @file', collect, [])
    .option('--keepalived <file>', "a host's own keepalived.conf; repeat it, once a host", collect, [])
    .addOption(new Option('--output <kind>').choices(['plain', 'json']).default('plain'))
    .action(async (playbook: string | undefined, flags: LintFlags) => {
      const { lintCommand } = await import('./lint.ts');
      exitCode = await lintCommand(playbook, flags);
    });
  program
    .command('demo')
    .description('builds the highly available RabbitMQ cluster on the built-in lab')
    .option('--name <lab>', 'the lab to use', 'lab')
    .action(async (flags: { readonly name: string }) => {
      const { demo } = await import('./demo.ts');
      exitCode = await demo(flags.name);
    });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : usageError(args);
    const error = asPlayError(thrown, 'failed');
    process.stderr.write(`${formatError(error)}\n`);
    return exitCodeOf(error);
  }
  return exitCode || Number(process.exitCode ?? 0);
}

/** A program that reads our JSON gets its recap whatever is wrong. @returns the exit code */
function usageError(args: readonly string[]): number {
  const at = args.indexOf('--output');
  if (args.includes('--output=json') || (at >= 0 && args[at + 1] === 'json')) {
    process.stdout.write(`${JSON.stringify({ type: 'recap', exitCode: 1, durationMs: 0, hosts: {} })}\n`);
  }
  return 1;
}

function exitCodeOf({ kind, cause }: PlayError): number {
  if (kind === 'input') return 1;
  if (kind === 'unreachable') return 4;
  if (kind === 'aborted') return 130;
  // Something we never meant to throw, as Ansible counts it.
  return cause instanceof Error ? 250 : 2;
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function collectList(value: string, before: readonly string[]): string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ];
}

function positive(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a positive whole number.');
}
