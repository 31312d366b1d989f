import { brandClass } from './brand.ts';
import { ownPlace } from './stack.ts';

/** Where an error happened, as far as it is known. Lines and columns count from 1. */
export interface Place {
  readonly host?: string | undefined;
  readonly role?: string | undefined;
  readonly task?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * The kinds of errors that can end a run.
 * `input`: found before any host was contacted (exit 1). `failed`: happened on a host (exit 2).
 * `unreachable`: the connection to a host failed or was lost (exit 4). `aborted`: Ctrl-C (exit 130).
 */
export type Kind = 'input' | 'failed' | 'unreachable' | 'aborted';

/** The parts of a {@link PlayError}, as plain data. */
export interface Trouble {
  readonly kind: Kind;
  /** What went wrong: one clause without a full stop. */
  readonly what: string;
  readonly where?: Place | undefined;
  /** Why, as far as it is known: what the host answered, often several lines. */
  readonly why?: string | undefined;
  /** What to type or to change next. */
  readonly next?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The only error class of this library: what, where, why, and what to do next. An error of another copy of the library is
 * an instance, too.
 */
export class PlayError extends Error {
  override readonly name = 'PlayError';
  readonly kind: Kind;
  readonly what: string;
  readonly where: Place;
  readonly why: string | undefined;
  readonly next: string | undefined;

  constructor(trouble: Trouble) {
    super(trouble.what, trouble.cause === undefined ? undefined : { cause: trouble.cause });
    this.kind = trouble.kind;
    this.what = trouble.what;
    this.where = trouble.where ?? {};
    this.why = trouble.why;
    this.next = trouble.next;
  }

  /** The same error, with the caller's place added; parts that the error has already win. */
  at(place: Place): PlayError {
    return new PlayError({ ...this.toTrouble(), where: { ...place, ...known(this.where) } });
  }

  /** Its parts, to make another error from. */
  toTrouble(): Trouble {
    return {
      kind: this.kind,
      what: this.what,
      where: this.where,
      why: this.why,
      next: this.next,
      cause: this.cause,
    };
  }
}

brandClass(PlayError, 'error');

/** A mistake in what the user wrote, found before any host is contacted. */
export function inputError(what: string, rest: Omit<Trouble, 'kind' | 'what'> = {}): PlayError {
  return new PlayError({ kind: 'input', what, ...rest });
}

/**
 * Wraps any thrown value, so that every error that leaves the library is a {@link PlayError}. An error that the code of a
 * playbook or a role threw gets the place in that code.
 */
export function asPlayError(thrown: unknown, kind: Kind, where: Place = {}): PlayError {
  if (thrown instanceof PlayError) return thrown.at(where);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new PlayError({ kind, what: error.message, where: { ...ownPlace(error), ...where }, cause: error });
}

/** `file:line:column`, as far as they are known. */
export function filePlace({ file, line, column }: Place): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
}

/** The error as text for people: a line for what, then labelled lines for where, why and next. */
export function formatError(error: PlayError): string {
  const { host, role, task } = error.where;
  const file = filePlace(error.where);
  const where = [
    host && `host ${host}`,
    role && `role ${role}`,
    task && `task "${task}"`,
    file && `${file}`,
  ].filter(Boolean);
  const lines = [error.what];
  if (where.length > 0) lines.push(`  at: ${where.join(', ')}`);
  if (error.why) lines.push(`  why: ${indent(error.why)}`);
  if (error.next) lines.push(`  next: ${indent(error.next)}`);
  return lines.join('\n');
}

function indent(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n       ');
}

function known(place: Place): Place {
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}
