import { PlayError } from '../../../lib/index.ts';

/** A keyword of keepalived.conf with its words and, where it has one, its block. Lines and columns count from 1. */
export interface Statement {
  readonly keyword: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly column: number;
  readonly block: readonly Statement[];
}

interface Token {
  /** `{`, `}`, a newline, or a word. */
  readonly kind: '{' | '}' | '\n' | 'word';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

interface Draft extends Statement {
  readonly args: string[];
  readonly block: Draft[];
}

/**
 * Reads keepalived.conf: keywords, words, quotes, comments (`#`, `!`) and blocks; nothing of what they mean.
 * By ourselves: no npm package for this format was found, and a finding needs the line and column of each keyword.
 * @throws PlayError `input` for a block that is not closed, or closed twice
 */
export function parseKeepalived(text: string, file: string): readonly Statement[] {
  const top: Draft[] = [];
  const open: { readonly opener: Draft; readonly within: Draft[] }[] = [];
  let within = top;
  let current: Draft | undefined;
  for (const { kind, text: word, line, column } of tokens(text)) {
    if (kind === '\n') {
      current = undefined;
    } else if (kind === '{') {
      // It may stand on a line of its own.
      const opener = current ?? within.at(-1);
      if (opener === undefined) throw mistake('a block has no keyword before its {', file, line, column);
      open.push({ opener, within });
      within = opener.block;
      current = undefined;
    } else if (kind === '}') {
      const closed = open.pop();
      if (closed === undefined) throw mistake('a } closes no block', file, line, column);
      within = closed.within;
      current = undefined;
    } else if (current === undefined) {
      current = { keyword: word, args: [], line, column, block: [] };
      within.push(current);
    } else {
      current.args.push(word);
    }
  }
  const unclosed = open.at(-1)?.opener;
  if (unclosed)
    throw mistake(`the block ${unclosed.keyword} is not closed`, file, unclosed.line, unclosed.column);
  return top;
}

function* tokens(text: string): Generator<Token> {
  for (const [index, row] of text.split('\n').entries()) {
    for (const found of row.matchAll(/[#!].*|"([^"]*)"?|[{}]|[^\s{}"#!]+/g)) {
      const [word, quoted] = found;
      if (/^[#!]/.test(word)) break;
      const kind = word === '{' || word === '}' ? word : 'word';
      yield { kind, text: quoted ?? word, line: index + 1, column: (found.index ?? 0) + 1 };
    }
    yield { kind: '\n', text: '', line: index + 1, column: row.length + 1 };
  }
}

function mistake(what: string, file: string, line: number, column: number): PlayError {
  return new PlayError({ kind: 'input', what, where: { file, line, column } });
}
