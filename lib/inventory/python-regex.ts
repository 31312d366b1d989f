import { inputError, type PlayError } from '../util/errors.ts';

/**
 * A regular expression that matches from the start of a name, read as Python reads it, since that is what people bring
 * along from Ansible. What JavaScript reads in another way is translated, or refused when that is not possible.
 * @throws PlayError of kind `input` that names the construct and where it stands
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
      const [found = '', put] = inSet
        ? inSetToken(rest, refuseAt(offset + i))
        : token(rest, refuseAt(offset + i));
      if (inSet ? found === ']' : found.startsWith('[')) inSet = !inSet;
      out += put ?? found;
      i += found.length;
    }
    return out;
  }

  function refuseAt(index: number) {
    return (construct: string, next: string): PlayError =>
      inputError(`"${construct}" in the pattern "~${source}" is not supported`, {
        // Counted with the ~ before it.
        why: `it is character ${index + 2} of the pattern`,
        next,
      });
  }
}

type Refuse = (construct: string, next: string) => PlayError;
/** What was read, and what to write instead. */
type Token = readonly [found: string, put?: string];

/** Flags at the very start; `a` and `u` make no difference to names of hosts. */
function leadingFlags(source: string): { flags: string; body: string } {
  const [, flags = '', body = ''] = /^(?:\(\?([imsau]+)\))?(.*)$/s.exec(source) ?? [];
  return { flags: [...new Set(flags.replace(/[au]/g, ''))].join(''), body };
}

function token(rest: string, refuse: Refuse): Token {
  const plain = /^(?:\\A|\\[Zz])/.exec(rest)?.[0];
  if (plain) return [plain, plain === '\\A' ? '^' : '$'];
  if (rest.startsWith('\\')) return escaped(rest, /[bBdDsSwWfnrtvxuk\d]/, refuse);
  // Python takes a ] that comes first for itself.
  const set = /^\[(\^?)(\]?)/.exec(rest);
  if (set) return [set[0], `[${set[1]}${set[2] ? '\\]' : ''}`];
  if (rest.startsWith('(?P<')) return ['(?P<', '(?<'];
  const again = /^\(\?P=(\w+)\)/.exec(rest);
  if (again) return [again[0], `\\k<${again[1]}>`];
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment) return [comment[0], ''];
  const most = /^\{,(\d+)\}/.exec(rest);
  if (most) return [most[0], `{0,${most[1]}}`];
  const foreign = /^\(\?(?:\(|>|P[>(]|[a-zA-Z]*[xLX][a-zA-Z]*[):]|[a-zA-Z]+\))/.exec(rest)?.[0];
  if (foreign)
    throw refuse(foreign, 'write it without; flags i, m and s may stand at the very start, as in ~(?i)web');
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
    throw refuse(found, 'write the characters it stands for');
  }
  return [found];
}
