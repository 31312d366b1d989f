import { inputError, type PlayError } from '../util/errors.ts';

/**
 * A regular expression in Python's syntax, as in Ansible, that matches at the start of a name. What JavaScript
 * interprets differently is translated, or refused when that is not possible.
 * @throws PlayError of kind `input` with the construct and its position
 */
export function pythonRegex(source: string): RegExp {
  const { flags, body } = leadingFlags(source);
  const translated = translate(body, source.length - body.length);
  try {
    return new RegExp(`^(?:${translated})`, flags);
  } catch (error) {
    throw inputError(`"~${source}" is not a regular expression`, {
      why: error instanceof Error ? error.message : String(error),
    });
  }

  function translate(text: string, offset: number): string {
    let out = '';
    let inSet = false;
    for (let i = 0; i < text.length; ) {
      const rest = text.slice(i);
      const [found = '', replacement] = inSet
        ? inSetToken(rest, refuseAt(offset + i))
        : token(rest, refuseAt(offset + i));
      if (inSet ? found === ']' : found.startsWith('[')) inSet = !inSet;
      out += replacement ?? found;
      i += found.length;
    }
    return out;
  }

  function refuseAt(index: number) {
    return (construct: string, next: string): PlayError =>
      inputError(`"${construct}" in the pattern "~${source}" is not supported`, {
        // Counted from 1, and the ~ before the expression counts too.
        why: `it is character ${index + 2} of the pattern`,
        next,
      });
  }
}

type Refuse = (construct: string, next: string) => PlayError;
/** The source of a token, and its translation; without one it is kept. */
type Token = readonly [found: string, translated?: string];

/** The flags at the very start; `a` and `u` make no difference for host names. */
function leadingFlags(source: string): { flags: string; body: string } {
  const [, flags = '', body = ''] = /^(?:\(\?([imsau]+)\))?(.*)$/s.exec(source) ?? [];
  return { flags: [...new Set(flags.replace(/[au]/g, ''))].join(''), body };
}

function token(rest: string, refuse: Refuse): Token {
  const plain = /^(?:\\A|\\[Zz])/.exec(rest)?.[0];
  if (plain) return [plain, plain === '\\A' ? '^' : '$'];
  if (rest.startsWith('\\')) return escaped(rest, /[bBdDsSwWfnrtvxuk\d]/, refuse);
  // In Python a ] directly after the opening bracket is a literal.
  const set = /^\[(\^?)(\]?)/.exec(rest);
  if (set) return [set[0], `[${set[1]}${set[2] ? '\\]' : ''}`];
  if (rest.startsWith('(?P<')) return ['(?P<', '(?<'];
  const backreference = /^\(\?P=(\w+)\)/.exec(rest);
  if (backreference) return [backreference[0], `\\k<${backreference[1]}>`];
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment) return [comment[0], ''];
  const upTo = /^\{,(\d+)\}/.exec(rest);
  if (upTo) return [upTo[0], `{0,${upTo[1]}}`];
  const unsupported = /^\(\?(?:\(|>|P[>(]|[a-zA-Z]*[xLX][a-zA-Z]*[):]|[a-zA-Z]+\))/.exec(rest)?.[0];
  if (unsupported)
    throw refuse(
      unsupported,
      'rewrite the pattern without it; flags i, m and s are allowed at the very start, as in ~(?i)web',
    );
  return [rest.charAt(0)];
}

function inSetToken(rest: string, refuse: Refuse): Token {
  const posix = /^\[:\^?\w+:\]/.exec(rest)?.[0];
  if (posix) throw refuse(posix, 'write the characters, as in [a-z0-9]');
  return rest.startsWith('\\') ? escaped(rest, /[bdDsSwWfnrtvxu\d]/, refuse) : [rest.charAt(0)];
}

function escaped(rest: string, known: RegExp, refuse: Refuse): Token {
  const found = rest.slice(0, 2);
  if (/[A-Za-z\d]$/.test(found) && !known.test(found.slice(1))) {
    throw refuse(found, 'write the characters that it matches');
  }
  return [found];
}
