import { gzipSync } from 'node:zlib';
import type { Reply } from '../../../../lib/index.ts';

/** An answer as a node prints it: packed, a long text in pieces. */
export function packed(data: unknown, prefix = '{ok, '): Reply {
  const text = gzipSync(JSON.stringify(data)).toString('base64');
  const pieces = text.match(/.{1,40}/g) ?? [];
  return {
    code: 0,
    stdout: `${prefix}["TSPLAY:", ${pieces.map((piece) => `"${piece}"`).join(',\n ')}, ":END"]}`,
    stderr: '',
  };
}
