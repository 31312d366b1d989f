import { inputError } from '../errors.ts';

/** A test for names: `~regex` matches from the start, anything else is a glob for the whole name. */
export function nameTest(text: string): (name: string) => boolean {
  const regex = text.startsWith('~') ? regexOf(text.slice(1)) : globRegex(text);
  return (name) => regex.test(name);
}

/** Whether the text can match several names. */
export function isWild(text: string): boolean {
  return text.startsWith('~') || /[*?[]/.test(text);
}

/** Python's spelling of flags and named groups is understood, since that is what people bring along. */
function regexOf(source: string): RegExp {
  const [, flags = '', body = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(source) ?? [];
  try {
    return new RegExp(`^(?:${body.replaceAll('(?P<', '(?<')})`, flags);
  } catch (error) {
    throw inputError(`"~${source}" is not a regular expression`, {
      why: error instanceof Error ? error.message : String(error),
    });
  }
}

/** `*`, `?`, `[abc]`, `[a-c]` and `[!abc]`, as the shell knows them; an unclosed bracket stands for itself. */
function globRegex(glob: string): RegExp {
  const source = glob.replace(
    /\[(!?)(\]?[^\]]*)\]|[\s\S]/g,
    (token, not: string | undefined, set: string | undefined) => {
      if (token === '*') return '.*';
      if (token === '?') return '.';
      if (set === undefined || set === '') return literal(token);
      return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
    },
  );
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    throw inputError(`the host pattern "${glob}" is malformed`, {
      why: 'a range in its brackets runs backwards',
    });
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
