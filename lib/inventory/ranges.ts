import { isIPv6 } from 'node:net';
import { inputError } from '../util/errors.ts';

/** The most hosts that one name may expand to, so that a typo doesn't exhaust the memory. */
const MAX_HOSTS = 100_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The hosts that a name in an inventory expands to, and the port after it. */
export interface NamedHosts {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

/**
 * Reads a host name as Ansible does: `web[01:10:2]`, `db-[a:c]`, several ranges in a name (the last one varies
 * fastest), `name:2222` and `[2001:db8::1]:2222` with a port, and an IPv6 address without brackets.
 * @throws PlayError of kind `input`, without a place, for a malformed range or port.
 */
export function expandHosts(written: string): NamedHosts {
  const { address, port } = splitPort(written);
  if (address.trim() === '') throw inputError('a host has no name');
  return { names: expand(address, written), port };
}

/** Splits `host:22` and `[2001:db8::1]:22`; colons in brackets or of an IPv6 address without brackets separate no port. */
export function splitPort(written: string): { address: string; port: number | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(written);
  const found =
    bracketed !== null && isIPv6(bracketed[1] ?? '')
      ? bracketed
      : /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(written);
  if (found === null) return { address: written, port: undefined };
  const [, address = '', digits] = found;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) {
    throw inputError(`the port of "${written}" is not between 1 and 65535`);
  }
  return { address, port };
}

function expand(address: string, written: string): string[] {
  const parts = address.split(/\[([^[\]]*)\]/);
  let names = [''];
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0 && /[[\]]/.test(part)) throw malformed(written, 'a bracket is not matched');
    const choices = i % 2 === 0 ? [part] : rangeOf(part, written);
    if (names.length * choices.length > MAX_HOSTS) {
      throw malformed(written, `it expands to more than ${MAX_HOSTS} hosts`);
    }
    names = names.flatMap((name) => choices.map((choice) => name + choice));
  }
  return names;
}

function rangeOf(range: string, written: string): string[] {
  const [begin = '', end, step = '1', ...rest] = range.split(':');
  if (end === undefined || rest.length > 0) {
    throw malformed(written, `[${range}] is not [begin:end] or [begin:end:step]`);
  }
  if (end === '') throw malformed(written, `[${range}] has no end`);
  if (!/^0*[1-9]\d{0,8}$/.test(step))
    throw malformed(written, `the step of [${range}] is not a positive whole number`);
  if (/^[A-Za-z]$/.test(begin) && /^[A-Za-z]$/.test(end)) {
    return count(LETTERS.indexOf(begin), LETTERS.indexOf(end), Number(step), range, written).map((i) =>
      LETTERS.charAt(i),
    );
  }
  if (!/^\d{0,15}$/.test(begin) || !/^\d{1,15}$/.test(end)) {
    throw malformed(written, `[${range}] is neither a range of numbers nor of single letters`);
  }
  const width = /^0\d/.test(begin) ? begin.length : 0;
  if (width > 0 && width !== end.length) {
    throw malformed(
      written,
      `with leading zeros, begin and end of [${range}] must have the same number of digits`,
    );
  }
  return count(Number(begin), Number(end), Number(step), range, written).map((i) =>
    String(i).padStart(width, '0'),
  );
}

function count(begin: number, end: number, step: number, range: string, written: string): number[] {
  if (begin > end) throw malformed(written, `[${range}] begins after its end`);
  const length = Math.floor((end - begin) / step) + 1;
  if (length > MAX_HOSTS) throw malformed(written, `it expands to more than ${MAX_HOSTS} hosts`);
  return Array.from({ length }, (_, i) => begin + i * step);
}

function malformed(written: string, why: string) {
  return inputError(`the range in the host name "${written}" is malformed`, {
    why,
    next: 'write a range as [1:10], [01:10:2] or [a:c]',
  });
}
