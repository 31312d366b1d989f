import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Value } from '../inventory/inventory.ts';
import { overlay } from '../inventory/templates.ts';
import type { ParametricPlaybook } from '../model/play.ts';
import type { Schema, VarsSchema } from '../model/schema.ts';
import { fromText } from '../run/vars.ts';

type Param = VarsSchema['properties'][string];

/** A parameter as an option: its value is kept apart from those of the program's own options. */
class ParamOption extends Option {
  readonly #param: string;

  constructor(flags: string, description: string, param: string) {
    super(flags, description);
    this.#param = param;
  }

  override attributeName(): string {
    return keyOf(this.#param);
  }
}

/**
 * Gives a program the parameters of a playbook as options. One whose name is an option already is left to `-e`, and
 * the program's help says so.
 */
export function addParams(program: Command, { name, params }: ParametricPlaybook): void {
  const heading = `Parameters of ${name}, each also as -e name=value:`;
  const left: string[] = [];
  for (const [param, schema] of Object.entries(params.properties)) {
    const required = params.required?.includes(param) ?? false;
    const [shown, ...others] = [...new Set([param.replaceAll('_', '-'), param])].filter((flag) =>
      isFree(program, flag),
    );
    if (shown === undefined) {
      left.push(`  -e ${param}=${placeholder(schema)}  ${described(schema, required)}`);
      continue;
    }
    addParam(program, param, shown, schema, (option) => {
      option.description = described(schema, required);
      return option.helpGroup(heading);
    });
    for (const other of others) addParam(program, param, other, schema, (option) => option.hideHelp());
  }
  if (left.length > 0) {
    program.addHelpText('after', `\nParameters of ${name} that only -e can give:\n${left.join('\n')}`);
  }
}

/** `-e` with the parameters that were given as options, which win. */
export function withParams(extra: ExtraVars, program: Command, { params }: ParametricPlaybook): ExtraVars {
  const vars: Record<string, Value> = {};
  const loose = new Set(extra.loose);
  const flags = new Map<string, string>();
  for (const [param, schema] of Object.entries(params.properties)) {
    const given: unknown = program.getOptionValue(keyOf(param));
    if (given === undefined) continue;
    vars[param] = typeof given === 'boolean' ? given : readWords([given].flat().map(String), schema);
    loose.delete(param);
    flags.set(param, `--${param.replaceAll('_', '-')}`);
  }
  return { vars: overlay(extra.vars, vars), loose, flags };
}

/** A key that no option of the program has for its value. */
function keyOf(param: string): string {
  return `parameter ${param}`;
}

/** `no-x` would be read as the opposite of `x`. */
function isFree(program: Command, flag: string): boolean {
  if (!/^[A-Za-z][\w-]*$/.test(flag) || /^no[-_]/.test(flag) || flag === 'help') return false;
  return !program.options.some(({ long }) => long === `--${flag}` || long === `--no-${flag}`);
}

function addParam(
  program: Command,
  param: string,
  flag: string,
  schema: Param,
  shown: (option: Option) => Option,
): void {
  if (schema.type === 'boolean') {
    const flags = `--${flag} [true|false]`;
    program.addOption(shown(new ParamOption(flags, '', param).argParser(truth)));
    program.addOption(new ParamOption(`--no-${flag}`, '', param).hideHelp());
    return;
  }
  const option = shown(new ParamOption(`--${flag} ${placeholder(schema)}`, '', param));
  const choices = schema.type === 'string' ? schema.enum : undefined;
  program.addOption(choices === undefined ? option.argParser(collected) : option.choices(choices));
}

function truth(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidArgumentError('It must be true or false, or nothing for true.');
}

function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function placeholder({ type }: Schema): string {
  if (type === 'object') return '<json>';
  return type === 'integer' || type === 'number' ? '<n>' : '<value>';
}

function described(schema: Param, required: boolean): string {
  const { description } = schema;
  const isSecret = schema.type === 'string' && schema.format === 'secret';
  const notes = [
    ...(required ? ['required'] : []),
    ...(schema.type === 'array' ? ['repeat for more'] : []),
    ...(!('default' in schema) || schema.default === undefined || isSecret
      ? []
      : [`default: ${JSON.stringify(schema.default)}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join(', ')})`;
}

/** Words of the command line: the last one counts, or each is an item of a list. */
function readWords(words: readonly string[], schema: Schema): Value {
  const last = words.at(-1) ?? '';
  if (schema.type !== 'array' || (words.length === 1 && last.startsWith('['))) return fromText(last, schema);
  return words.map((word) => fromText(word, schema.items));
}
