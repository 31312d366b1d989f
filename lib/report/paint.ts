const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof CODES;

/** Applies a style to a text; without colour it returns the text unchanged. */
export type Paint = (style: Style, text: string) => string;

/** Returns a {@link Paint}. Only `colour` decides: the caller has already checked the environment and the stream. */
export function painter(colour: boolean): Paint {
  if (!colour) return (_style, text) => text;
  return (style, text) => {
    const [open, close] = CODES[style];
    return text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`;
  };
}
