import { inputError } from '../util/errors.ts';
import { pythonRegex } from './python-regex.ts';

/** A test for names: `~regex` matches at the start of the name, anything else is a glob for the whole name. */
export function nameTest(text: string): (name: string) => boolean {
  const regex = text.startsWith('~') ? pythonRegex(text.slice(1)) : globRegex(text);
  return (name) => regex.test(name);
}

/** Whether the text can match several names. */
export function isWild(text: string): boolean {
  return text.startsWith('~') || /[*?[]/.test(text);
}

/** `*`, `?`, `[abc]`, `[a-c]` and `[!abc]`, as in the shell. */
function globRegex(glob: string): RegExp {
  const posix = /\[:\w+:\]/.exec(glob)?.[0];
  if (posix) {
    throw inputError(`"${posix}" in the host pattern "${glob}" is not supported`, {
      next: 'write the characters, as in [a-z0-9]',
    });
  }
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
      why: 'a range in its brackets begins after its end',
    });
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
