import { stripVTControlCharacters } from 'node:util';

/** Control characters other than newline and tab. */
const CONTROL = /[^\P{Cc}\n\t]/gu;

/** Removes escape sequences and control characters from a host's text, so that it can't control the terminal. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replaceAll(CONTROL, '');
}

/** {@link clean}, with line breaks replaced, so that the result is one line. */
export function oneLine(text: string): string {
  return clean(text)
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ⏎ ');
}

/** A line of output as a terminal would show it at the end: of a progress bar redrawn with `\r`, the last state. */
export function outputLine(line: string): string {
  const drawn = line.split('\r').filter((part) => part.trim() !== '');
  return untab(clean(drawn.at(-1) ?? '')).trimEnd();
}

/** Replaces tabs with spaces, for lines that must fit a width. */
export function untab(text: string): string {
  return text.replaceAll('\t', '    ');
}

/** `0.8 s`, `41 s`, `3 min 07 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  return elapsed(Math.round(ms / 1000) * 1000);
}

/** Like {@link duration}, but in whole seconds, for a time that counts up. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** `1 host`, `3 hosts`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Cuts a text to `width` characters, with an ellipsis at the end. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}

export function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}
