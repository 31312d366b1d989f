/** Splits what the engine quotes into words: plain text, '…' and \x, the only forms that it uses. */
export function wordAt(text: string, start: number): { readonly word: string; readonly end: number } {
  let word = '';
  let at = start;
  while (at < text.length && !/[\s;]/.test(text[at] ?? '')) {
    if (text[at] === "'") {
      const close = text.indexOf("'", at + 1);
      if (close < 0) throw new Error(`a quote is not closed: ${text.slice(start, start + 80)}`);
      word += text.slice(at + 1, close);
      at = close + 1;
    } else if (text[at] === '\\') {
      word += text[at + 1] ?? '';
      at += 2;
    } else {
      word += text[at];
      at += 1;
    }
  }
  return { word, end: at };
}

/** One script of a batch. */
export interface SentPart {
  readonly id: string;
  readonly as: string | undefined;
  readonly code: string;
}

/** One batch as the shell read it from stdin. */
export interface SentBatch {
  readonly mark: string;
  readonly limit: number;
  readonly parts: readonly SentPart[];
}

/** Parses the line of a batch into its parts. */
export function readBatch(line: string): SentBatch {
  const head = /^(?:\{ )*printf '%s' /.exec(line)?.[0];
  if (head === undefined) throw new Error(`no batch: ${line.slice(0, 80)}`);
  const { word: batch, end } = wordAt(line, head.length);
  const rest = line.slice(end);
  const limit = Number(/^ \| timeout -k 10 ([\d.]+) /.exec(rest)?.[1]);
  const mark = /over %s\\n' (\S+) "\$\?"/.exec(rest)?.[1];
  if (mark === undefined || Number.isNaN(limit)) throw new Error(`no batch: ${rest}`);
  const parts = [...batch.matchAll(/^frame (\S+) (?:here|as (\S+)) /gm)].map(
    (match): SentPart => ({
      id: match[1] ?? '',
      as: match[2],
      code: wordAt(batch, match.index + match[0].length).word,
    }),
  );
  return { mark, limit, parts };
}
