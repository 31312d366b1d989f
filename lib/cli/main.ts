import { type Command, CommanderError, Option } from 'commander';
import { EXIT } from '../model/exit-code.ts';
import type { Output } from '../report/options.ts';
import type { PlayError } from '../util/errors.ts';
import { failedCommand, showStacksFor } from './failed.ts';
import { guarded } from './guard.ts';
import type { GivenFiles, LintFlags } from './lint.ts';
import { collect, oneInventory, runProgram } from './program.ts';
import type { RunFlags } from './run-command.ts';
import type { Shipped } from './shipped.ts';

let ran = false;

/** Whether this process has worked on hosts: by then most of the program has been compiled. */
export function hasRun(): boolean {
  return ran;
}

/** The command line. @returns the process's exit code, see {@link EXIT} */
export function main(args: readonly string[], shipped: Shipped): Promise<number> {
  showStacksFor(args);
  const failed = (error: PlayError) => failedCommand(error, outputOf(args));
  return guarded(failed, () => runMain(args, shipped));
}

async function runMain(args: readonly string[], shipped: Shipped): Promise<number> {
  let exitCode = 0;
  // What is wrong may be right with the options of the playbook: until that is known nothing is said.
  const said: (readonly [NodeJS.WriteStream, string])[] = [];
  const program = runProgram(args)
    .configureOutput({
      writeOut: (text) => said.push([process.stdout, text]),
      writeErr: (text) => said.push([process.stderr, text]),
    })
    .action(async (playbook: string | undefined, flags: RunFlags, command: Command) => {
      if (playbook === undefined) {
        command.outputHelp({ error: true });
        exitCode = usageError(args);
        return;
      }
      const { runCommand } = await import('./run-command.ts');
      exitCode = await runCommand(playbook, flags, shipped);
      ran = worked(flags, exitCode);
    });
  if (args[0] === 'lab') {
    const { labCommand } = await import('./lab.ts');
    program.addCommand(labCommand());
  } else {
    program
      .command('lab')
      .description('real systemd hosts on this machine to try things on: ts-play lab --help');
  }
  const lint = program
    .command('lint')
    .description(
      'judges the design of a cluster without contacting its hosts; exit code 2 when something is wrong',
    )
    .argument('[playbook]', lintArgument(shipped))
    .option('-i, --inventory <file>', 'inventory in YAML, as for Ansible', oneInventory)
    .option('-l, --limit <pattern>', 'judge all, show what concerns these hosts')
    .option('-e, --extra-vars <vars>', 'key=value, {json} or @file', collect, [])
    .addOption(new Option('--output <kind>').choices(['plain', 'json']).default('plain'))
    .action(async (playbook: string | undefined, flags: LintFlags, command: Command) => {
      const { lintCommand } = await import('./lint.ts');
      exitCode = await lintCommand(playbook, flags, givenFiles(shipped, command), shipped);
    });
  for (const { option, description } of shipped.fileLinters)
    lint.option(`--${option} <file>`, description, collect, []);
  const { demo: shippedDemo } = shipped;
  if (shippedDemo !== undefined) {
    program
      .command('demo')
      .description(shippedDemo.description)
      .option('--name <lab>', 'the lab to use', 'lab')
      .action(async (flags: { readonly name: string }) => {
        const { demo } = await import('./demo.ts');
        exitCode = await demo(flags.name, shippedDemo, shipped);
      });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    const playbook = playbookBefore(thrown, program);
    if (playbook !== undefined) return runWithParams(playbook, args, shipped);
    tell();
    return codeOf(thrown, args);
  }
  tell();
  return exitCode || Number(process.exitCode ?? 0);

  function tell(): void {
    for (const [stream, text] of said) stream.write(text);
  }
}

/** The playbook before an option that the program does not know, or before `--help`: both may be the playbook's matter. */
function playbookBefore(thrown: unknown, program: Command): string | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  if (!['commander.unknownOption', 'commander.helpDisplayed'].includes(thrown.code)) return undefined;
  const [first] = program.args;
  const commands = program.commands.map((command) => command.name());
  return first === undefined || first.startsWith('-') || commands.includes(first) ? undefined : first;
}

/** Runs a playbook whose parameters are options of the command line, too. */
async function runWithParams(given: string, args: readonly string[], shipped: Shipped): Promise<number> {
  const { loadGiven, runCommand } = await import('./run-command.ts');
  const { addParams, withParams } = await import('./params.ts');
  let exitCode = 0;
  try {
    const playbook = await loadGiven(given, shipped);
    const program = runProgram(args);
    const hasParams = 'make' in playbook;
    if (hasParams) addParams(program, playbook);
    program.action(async (path: string, flags: RunFlags) => {
      exitCode = await runCommand(path, flags, shipped, {
        playbook,
        extraVars: (extra) => (hasParams ? withParams(extra, program, playbook) : extra),
      });
      ran = worked(flags, exitCode);
    });
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) return codeOf(thrown, args);
    return failedCommand(thrown, outputOf(args));
  }
  return exitCode || Number(process.exitCode ?? 0);
}

function lintArgument({ fileLinters }: Shipped): string {
  const options = fileLinters.map(({ option }) => `--${option}`);
  return options.length === 0 ? 'a playbook' : `a playbook; not needed with ${options.join(' or ')}`;
}

/** The files given to each file linter, without those that were given none. */
function givenFiles({ fileLinters }: Shipped, command: Command): readonly GivenFiles[] {
  return fileLinters.flatMap((linter) => {
    const files: readonly string[] = command.getOptionValue(linter.option) ?? [];
    return files.length > 0 ? [{ linter, files }] : [];
  });
}

function worked({ listHosts, listTasks }: RunFlags, exitCode: number): boolean {
  return !listHosts && !listTasks && exitCode !== EXIT.input;
}

function codeOf(thrown: unknown, args: readonly string[]): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : usageError(args);
  return failedCommand(thrown, outputOf(args));
}

/** A program that reads our JSON gets its recap whatever is wrong. @returns the exit code */
function usageError(args: readonly string[]): number {
  if (outputOf(args) === 'json') {
    process.stdout.write(
      `${JSON.stringify({ type: 'recap', exitCode: EXIT.input, durationMs: 0, hosts: {} })}\n`,
    );
  }
  return EXIT.input;
}

/** As far as can be told before the flags are read: what can't be read is told as well. */
function outputOf(args: readonly string[]): Output {
  const at = args.indexOf('--output');
  return args.includes('--output=json') || (at >= 0 && args[at + 1] === 'json') ? 'json' : 'plain';
}
