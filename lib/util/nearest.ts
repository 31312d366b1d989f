import { distance } from 'fastest-levenshtein';

/**
 * The known word that a misspelt word most likely means, or `undefined` when none is similar enough.
 * Case is ignored; of equally similar words the first wins.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let limit = maxEdits(word) + 1;
  for (const candidate of known) {
    const edits = distance(wanted, candidate.toLowerCase());
    // As many edits as the shorter word has letters: the words have nothing in common.
    if (edits < limit && edits < Math.min(word.length, candidate.length)) {
      best = candidate;
      limit = edits;
    }
  }
  return best;
}

/** The sentence `did you mean "x"?`, or `undefined` when no known word is similar. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const found = nearest(word, known);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

/** Whether a word differs from another one in at most two letters. */
export function isTypo(word: string, meant: string): boolean {
  return distance(word.toLowerCase(), meant.toLowerCase()) <= 2;
}

/** How many edits count as a typo: 1 below four letters; from four on 2 (as many as swapped letters need) or a third. */
function maxEdits(word: string): number {
  return word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
}
