import { readFileSync } from 'node:fs';
import { type Upload, uploadedPath } from '../../model/task.ts';
import { reveal, Secret } from '../../util/secret.ts';
import { type Script, sh } from '../../util/sh.ts';
import { type LocalFile, localFile, sha256Of } from './checksum.ts';

/** Local files above this many bytes travel on a channel of their own. */
export const INLINE_LIMIT = 256 * 1024;
/** Texts above this many bytes are not fetched or shown as a diff. */
export const DIFF_LIMIT = 64 * 1024;
const CONTENT_LIMIT = 1024 * 1024;

/** What a file shall hold, and how it gets to the host. */
export interface Content {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly secret: boolean;
  /** The text, for a diff; left out when secret, binary or large. */
  readonly text?: string | undefined;
  /** Travels inside the script. */
  readonly inline?: string | Secret | undefined;
  /** Travels beside the script. */
  readonly upload?: Upload | undefined;
}

/** Content given as text. Throws when it is too large for a script. */
export function textContent(given: string | Secret, isSecret = false): Content {
  const text = reveal(given);
  const size = Buffer.byteLength(text);
  if (size > CONTENT_LIMIT)
    throw new Error(`content of ${size} bytes is too large: put it in a file and name it as source`);
  const hidden = isSecret || given instanceof Secret;
  const inline = hidden && !(given instanceof Secret) ? new Secret(text) : given;
  const shown = hidden || size > DIFF_LIMIT || text.includes('\0') ? undefined : text;
  return { sha256: sha256Of(text), size, secret: hidden, text: shown, inline };
}

/** Content of a file on the controller: a short text travels inside the script, anything else beside it. */
export function localContent(path: string, isSecret = false): Content {
  const file: LocalFile = localFile(path);
  const text = file.size <= INLINE_LIMIT ? utf8(readFileSync(file.path)) : undefined;
  if (text !== undefined && !text.includes('\0')) return textContent(text, isSecret);
  const upload = { from: file.path, sha256: file.sha256 };
  return { sha256: file.sha256, size: file.size, secret: isSecret, upload };
}

/** The bytes as text; undefined when they aren't UTF-8. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Writes the content to what `target` (a quoted word) names and makes sure that all of it arrived. Only shell
 * builtins see it: another program's arguments could be read by every user of the host.
 */
export function writeContent(content: Content, target: Script): Script {
  // The sum of a guessable secret would give it away.
  const sum = content.secret ? new Secret(content.sha256) : content.sha256;
  return sh`${copy(content, target)}
written=$(sha256sum <${target})
[ "\${written%% *}" = ${sum} ] || { echo "the content did not arrive whole: is the disk full?" >&2; exit 1; }`;
}

function copy({ inline = '', upload }: Content, target: Script): Script {
  if (upload) return sh`cat <${uploadedPath(upload)} >${target}`;
  const text = reveal(inline);
  if (!text.includes('\0')) return sh`printf %s ${inline} >${target}`;
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0000');
  return sh`printf %b ${inline instanceof Secret ? new Secret(escaped) : escaped} >${target}`;
}
