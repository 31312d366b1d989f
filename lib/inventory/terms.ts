import { isIPv6 } from 'node:net';
import { inputError } from '../errors.ts';

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

/** The parts as they are written. */
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

/** Splits where no bracket is open; in a `~regex` parentheses and braces count too. */
function splitOutside(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let part = '';
  let open = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    const isRegex = /^\s*[&!]?~/.test(part);
    if (isRegex && char === '\\') {
      part += char + text.charAt(i + 1);
      i += 1;
      continue;
    }
    if ((isRegex ? '[({' : '[').includes(char)) open += 1;
    if ((isRegex ? '])}' : ']').includes(char)) open = Math.max(0, open - 1);
    if (open === 0 && separator.test(char)) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  return [...parts, part];
}
