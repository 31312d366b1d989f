import { isIPv6 } from 'node:net';
import { inputError } from '../util/errors.ts';

/** One part of a host pattern: `web*`, `&eu`, `!web1`. */
export interface Term {
  readonly role: 'add' | 'keep' | 'drop';
  /** The part without its `&` or `!`. */
  readonly text: string;
}

/** Splits a pattern at `,`, `:` and spaces, except inside brackets and addresses. */
export function parseTerms(pattern: string): Term[] {
  return splitTerms(pattern).map((text) => termOf(text, pattern));
}

function termOf(written: string, pattern: string): Term {
  const role = written.startsWith('&') ? 'keep' : written.startsWith('!') ? 'drop' : 'add';
  const text = role === 'add' ? written : written.slice(1).trim();
  if (text === '') {
    throw inputError(`nothing follows "${written}" in the host pattern "${pattern}"`, {
      next: `write it without a space, as in "all:${written}web"`,
    });
  }
  return { role, text };
}

/** The parts of a pattern, unchanged. @throws PlayError of kind `input` for a bracket that is never closed */
export function splitTerms(pattern: string): string[] {
  return splitOutside(pattern, /,/)
    .map((part) => part.trim())
    .flatMap((part) => (isAddress(part) ? [part] : splitOutside(part, /[:\s]/)))
    .filter((part) => part !== '');
}

/** Whether the colons belong to an address: IPv6, with or without brackets, or a name with a port. */
function isAddress(part: string): boolean {
  const address = part.replace(/^[&!]/, '');
  return isIPv6(address) || unbracketed(address) !== address || /^[^:[\]~]+:\d+$/.test(address);
}

/** The address in `[2001:db8::1]` or `[2001:db8::1]:22`; any other text unchanged. */
export function unbracketed(text: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return address !== undefined && isIPv6(address) ? address : text;
}

/**
 * Splits at separators outside brackets; in a `~regex` also outside parentheses and braces.
 * @throws PlayError of kind `input` for one that is never closed: all the text after it would belong to it.
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
      // A ] directly after the opening bracket is a literal.
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
    why: `it is character ${first + 1}, and all the text after it belongs to it`,
    next: `close it, or write "\\${text.charAt(first)}" in a ~regex to match the character itself`,
  });
}
