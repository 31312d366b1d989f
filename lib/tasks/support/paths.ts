import { posix } from 'node:path';

/** A path on a host, made comparable: absolute, without doubled or trailing slashes. Throws when it isn't absolute. */
export function hostPath(path: string): string {
  if (!path.startsWith('/')) throw new Error(`'${path}' is not an absolute path`);
  if (path.includes('\0')) throw new Error(`'${path}' holds a NUL character`);
  // Lexically removing '..' would be wrong behind a symbolic link, so it is refused instead.
  if (path.split('/').includes('..')) throw new Error(`'${path}' holds '..': give the path itself`);
  const normal = posix.normalize(path);
  return normal === '/' ? normal : normal.replace(/\/$/, '');
}

/**
 * The start of the hidden names used beside a file while it is replaced, as in `.motd.ts-play.`.
 * Cut short, since a file name may be 255 bytes long.
 */
export function besideName(path: string): string {
  const bytes = Buffer.from(posix.basename(path)).subarray(0, 60);
  return `.${bytes.toString('utf8').replaceAll('\ufffd', '')}.ts-play.`;
}
