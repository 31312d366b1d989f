import { distance } from 'fastest-levenshtein';

/**
 * The known word that was most likely meant, or `undefined` when none is near enough.
 * Case doesn't count; of equally near words the first wins.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let reach = allowance(word) + 1;
  for (const candidate of known) {
    const edits = distance(wanted, candidate.toLowerCase());
    // When every letter of the shorter word has changed, nothing of it is left to recognise.
    if (edits < reach && edits < Math.min(word.length, candidate.length)) {
      best = candidate;
      reach = edits;
    }
  }
  return best;
}

/** The sentence `did you mean "x"?`, or `undefined` when nothing is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const found = nearest(word, known);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

/** Whether a word differs from another one in at most two letters. */
export function isTypo(word: string, meant: string): boolean {
  return distance(word.toLowerCase(), meant.toLowerCase()) <= 2;
}

/** Edits a typo may have: two from four letters on (two swapped letters count as two), a third of long words. */
function allowance(word: string): number {
  return word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
}
