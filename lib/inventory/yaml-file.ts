import { LineCounter, parseDocument } from 'yaml';
import { inputError, type Place, type PlayError } from '../util/errors.ts';
import type { Value } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { type Entry, YamlValues } from './yaml-values.ts';

const TOO_DEEP = 'the YAML is nested too deeply to be read';

/** A YAML file as plain JSON values that remember where each key stood. */
export interface YamlFile {
  /** `undefined` when the file holds nothing but comments. */
  readonly data: Value | undefined;
  /** Where the data begins. */
  readonly place: Place;
  /** What is wrong with values and keys, though the file could be read. */
  readonly mistakes: readonly PlayError[];
  /** The keys of a map within `data`; none for anything else. */
  entries(map: Value | undefined): readonly Entry[];
}

/**
 * Reads YAML 1.2 (and so JSON) with anchors and merge keys. A scalar with an unknown tag is a string.
 * @throws PlayError of kind `input`, placed, when the text isn't YAML.
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
      // YamlValues checks instead: the parser compares every key of a map with every other.
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

/** The parser quotes what it stumbled over; that may be a secret, and the place says it all. */
function syntaxMessage(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a file holds one YAML document, and here a second one begins';
  if (code === 'TAB_AS_INDENT') return 'YAML is indented with spaces, and here stands a tab';
  if (/call stack/.test(message)) return TOO_DEEP;
  return `this is not valid YAML: ${message
    .replace(/: ".*"$/s, '')
    .replace(/"(quote)$/, '$1')
    .replace(/^[A-Z]/, (c) => c.toLowerCase())}`;
}

/** The parser often points at the blanks or the line end before what is wrong. */
function nextWord(text: string, offset: number): number {
  const blanks = /^[ \r\n]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return offset + blanks < text.length ? offset + blanks : offset;
}
