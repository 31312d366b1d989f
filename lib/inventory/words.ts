/**
 * Splits a command-line value like `a=1 b="two words"` at spaces outside quotes. Quotes stay in the words; in double
 * quotes a backslash makes the next character literal.
 * @returns `undefined` when a quote isn't closed.
 */
export function splitAssignments(text: string): string[] | undefined {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += char;
    if (quote === '"' && char === '\\' && i + 1 < text.length) {
      i += 1;
      word += text.charAt(i);
    } else if (char === quote) quote = '';
    else if (quote === '' && /["']/.test(char)) quote = char;
  }
  if (quote !== '') return undefined;
  return word === '' ? words : [...words, word];
}

/** Removes the quotes around a whole text; in double quotes `\"` and `\\` become the second character. */
export function unquote(text: string): string {
  const double = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(text)?.[1];
  if (double !== undefined) return double.replace(/\\(["\\])/g, '$1');
  return /^'([^']*)'$/.exec(text)?.[1] ?? text;
}
