import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../model/exit-code.ts';
import { nearest } from '../util/nearest.ts';
import { version } from '../util/package.ts';

/** `ts-play [playbook]` with the options that every run has. */
export function runProgram(args: readonly string[]): Command {
  const program = new Command('ts-play')
    .description('Runs a typed playbook on the hosts of an inventory.')
    .exitOverride()
    .enablePositionalOptions()
    .passThroughOptions(false)
    .argument('[playbook]', 'a TypeScript file whose default export is definePlaybook({ … })')
    .option('-i, --inventory <file>', 'inventory in YAML, as for Ansible', oneInventory)
    .option('-l, --limit <pattern>', 'only these of the hosts', oneLimit)
    .option('--role <name>', 'only this role; repeat for more', collect, [])
    .option('-t, --tags <tags>', 'only tasks with these tags, separated by commas', someTags, [])
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
    .option('-u, --user <name>', 'log in as this user where the inventory says none', named)
    .option('--private-key <file>', 'log in with this key where the inventory names none', named)
    .option('-b, --become', 'become another user by passwordless sudo')
    .option('--become-user <name>', 'the user to become (root); needs -b', named)
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
      `\nExit codes: ${EXIT.ok} ok, ${EXIT.input} usage or input error, ${EXIT.failed} hosts failed, ${EXIT.unreachable} hosts unreachable, ${EXIT.aborted} interrupted, ${EXIT.unexpected} unexpected error.`,
    );
  // Behind a playbook a version is the playbook's matter.
  if (args.length === 0 || /^(-V|--version|-h|--help)$/.test(args[0] ?? ''))
    program.version(version(), '-V, --version');
  // Commander would compare, and show, the word with its value.
  return Object.assign(program, { unknownOption: (word: string) => refuseOption(program, word) });
}

function refuseOption(program: Command, word: string): never {
  const [flag = word] = word.split('=');
  const known = program.options.flatMap(({ long, hidden }) => (long && !hidden ? long.slice(2) : []));
  const close = flag.startsWith('--') ? nearest(flag.slice(2), [...known, 'help']) : undefined;
  return program.error(
    `error: unknown option '${flag}'${close === undefined ? '' : `\n(Did you mean --${close}?)`}`,
    { code: 'commander.unknownOption' },
  );
}

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
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

/** For `-i`: which of two counts, nobody can know. */
export function oneInventory(value: string, before?: string): string {
  if (before === undefined) return named(value);
  throw new InvalidArgumentError(
    `Several inventories are not supported yet: ${before} was given, too. Merge them into one file: ansible-inventory -i ${before} -i ${value} --list --yaml --output hosts.yml`,
  );
}

function oneLimit(value: string, before?: string): string {
  if (before === undefined) return value;
  throw new InvalidArgumentError(`There is a limit already. Write one: --limit '${before},${value}'`);
}

/** A name that a variable of the shell should have held, as in `-u "$NAME"`. */
function named(value: string): string {
  if (value.trim() !== '') return value;
  throw new InvalidArgumentError('It must not be empty.');
}

/** No tags at all would mean every task. */
function someTags(value: string, before: readonly string[]): string[] {
  const tags = collectList(value, before);
  if (tags.length > before.length) return tags;
  throw new InvalidArgumentError('It must name at least one tag.');
}

function positive(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a positive whole number.');
}
