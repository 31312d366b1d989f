import { isIPv6 } from 'node:net';
import { inputError } from '../util/errors.ts';

/** One part of a host pattern: `web*`, `&eu`, `!web1`. */
export interface Term {
  readonly role: 'add' | 'keep' | 'drop';
  /** The part without its `&` or `!`. */
  readonly text: string;
}

/** Takes a pattern apart at `,`, `:` and blanks that separate, leaving those inside brackets and addresses alone. */
export function parseTerms(pattern: string): Term[] {
  return splitTerms(pattern).map((text) => termOf(text, pattern));
}

function termOf(written: string, pattern: string): Term {
  const role = written.startsWith('&') ? 'keep' : written.startsWith('!') ? 'drop' : 'add';
  const text = role === 'add' ? written : written.slice(1).trim();
  if (text === '') {
    throw inputError(`nothing follows "${written}" in the host pattern "${pattern}"`, {
      next: `write it without a blank, as in "all:${written}web"`,
    });
  }
  return { role, text };
}

/** The parts as they are written. @throws PlayError of kind `input` for a bracket that is never closed */
export function splitTerms(pattern: string): string[] {
  return splitOutside(pattern, /,/)
    .map((part) => part.trim())
    .flatMap((part) => (isAddress(part) ? [part] : splitOutside(part, /[:\s]/)))
    .filter((part) => part !== '');
}

/** An address whose colons don't separate: IPv6, with or without brackets, or a name with a port. */
function isAddress(part: string): boolean {
  const address = part.replace(/^[&!]/, '');
  return isIPv6(address) || unbracketed(address) !== address || /^[^:[\]~]+:\d+$/.test(address);
}

/** The address in `[2001:db8::1]` or `[2001:db8::1]:22`; everything else as it is. */
export function unbracketed(text: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return address !== undefined && isIPv6(address) ? address : text;
}

/**
 * Splits where no bracket is open; in a `~regex` parentheses and braces count too.
 * @throws PlayError of kind `input` for one that is never closed: all that follows would belong to it.
 */
function splitOutside(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let part = '';
  let open: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    const isRegex = /^\s*[&!]?~/.test(part);
    if (isRegex && char === '\\') {
      part += char + text.charAt(i + 1);
      i += 1;
      continue;
    }
    const inSet = text.charAt(open.at(-1) ?? -1) === '[';
    if (inSet) {
      // One that comes first in a set belongs to it.
      const isFirst = /^\[[!^]?$/.test(text.slice(open.at(-1), i));
      if (char === ']' && !isFirst) open.pop();
    } else if ((isRegex ? '[({' : '[').includes(char)) open.push(i);
    else if (isRegex && ')}'.includes(char)) open.pop();
    if (open.length === 0 && separator.test(char)) {
      parts.push(part);
      part = '';
      open = [];
    } else part += char;
  }
  const [first] = open;
  if (first === undefined) return [...parts, part];
  throw inputError(`the "${text.charAt(first)}" in the host pattern "${text}" is never closed`, {
    why: `it is character ${first + 1}, and all that follows belongs to it`,
    next: `close it, or write "\\${text.charAt(first)}" in a ~regex that means the character itself`,
  });
}
