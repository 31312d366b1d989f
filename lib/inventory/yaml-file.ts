import { LineCounter, parseDocument } from 'yaml';
import { inputError, type Place, type PlayError } from '../util/errors.ts';
import type { Value } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { type Entry, YamlValues } from './yaml-values.ts';

const TOO_DEEP = 'the YAML is nested too deeply';

/** A YAML file as plain JSON values, with the place of each key. */
export interface YamlFile {
  /** `undefined` when the file contains nothing but comments. */
  readonly data: Value | undefined;
  /** Where the data begins. */
  readonly place: Place;
  /** Mistakes in values and keys of a file whose syntax is correct. */
  readonly mistakes: readonly PlayError[];
  /** The keys of a map within `data`; empty for any other value. */
  entries(map: Value | undefined): readonly Entry[];
}

/**
 * Reads YAML 1.2 (and so JSON) with anchors and merge keys. A scalar with an unknown tag is a string.
 * @throws PlayError of kind `input`, with its place, when the text isn't YAML.
 */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const doc = parseDocument(text, {
      version: '1.2',
      merge: true,
      lineCounter: lines,
      prettyErrors: false,
      resolveKnownTags: false,
      logLevel: 'error',
      // YamlValues checks this instead: the parser compares every key of a map with every other.
      uniqueKeys: false,
    });
    if (doc.errors.length > 0) {
      throw combineMistakes(
        doc.errors.map((error) =>
          inputError(syntaxMessage(error.code, error.message), { where: at(nextWord(text, error.pos[0])) }),
        ),
      );
    }
    const values = new YamlValues(doc.contents, at);
    return {
      data: doc.contents === null ? undefined : values.read(doc.contents),
      place: at(doc.contents?.range[0] ?? 0),
      mistakes: values.mistakes,
      entries: (map) => (map !== null && typeof map === 'object' ? (values.entries.get(map) ?? []) : []),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw inputError(TOO_DEEP, { where: { file }, cause: error });
  }
}

/** The parser's message without the text that it quotes, which may be secret; the place is enough. */
function syntaxMessage(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'the file must contain one YAML document, but a second one begins';
  if (code === 'TAB_AS_INDENT') return 'YAML must be indented with spaces; found a tab';
  if (/call stack/.test(message)) return TOO_DEEP;
  return `not valid YAML: ${message
    .replace(/: ".*"$/s, '')
    .replace(/"(quote)$/, '$1')
    .replace(/^[A-Z]/, (c) => c.toLowerCase())}`;
}

/** The parser often points at the spaces or line breaks before the mistake. */
function nextWord(text: string, offset: number): number {
  const blanks = /^[ \r\n]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return offset + blanks < text.length ? offset + blanks : offset;
}
