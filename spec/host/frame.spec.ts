import assert from 'node:assert/strict';
import { FrameReader } from '../../lib/host/frame.ts';

const MARK = 'm4rk';

function reader(endOnly: readonly string[] = []) {
  const lines: string[] = [];
  const frames = new FrameReader(MARK, (id, stream, line) => lines.push(`${id} ${stream} ${line}`), endOnly);
  const out = (text: string | Buffer) => frames.push('stdout', Buffer.from(text));
  const err = (text: string | Buffer) => frames.push('stderr', Buffer.from(text));
  const mark = (words: string) => {
    out(`\n${MARK} ${words}\n`);
    err(`\n${MARK} ${words}\n`);
  };
  return { frames, lines, out, err, mark };
}

/** The reply of a script that printed `text`. */
function replyTo(text: string | Buffer, split?: number): string | undefined {
  const { frames, out, mark } = reader();
  mark('begin a');
  const bytes = Buffer.from(text);
  if (split === undefined) out(bytes);
  else for (let at = 0; at < bytes.length; at += split) out(bytes.subarray(at, at + split));
  mark('end a 0');
  return frames.reply('a')?.stdout;
}

describe('FrameReader', () => {
  it('removes one final newline, but no more', () => {
    assert.equal(replyTo(''), '');
    assert.equal(replyTo('a'), 'a');
    assert.equal(replyTo('a\n'), 'a');
    assert.equal(replyTo('a\n\n'), 'a\n');
    assert.equal(replyTo('\n'), '');
    assert.equal(replyTo('\n\n'), '\n');
    assert.equal(replyTo('\na'), '\na');
  });

  it('reads lines unchanged for any split into chunks', () => {
    const text = 'ünï☃ 𝄞\n\n\ttab \r\nlast';
    for (const split of [1, 2, 3, 7]) assert.equal(replyTo(text, split), text);
  });

  it('accepts bytes that are not text, also NUL', () => {
    const output = replyTo(Buffer.from([0, 255, 254, 10, 0xc3]));
    assert.equal(output, '\0\ufffd\ufffd\n\ufffd');
  });

  it('ignores text that only looks like a marker', () => {
    const text = `${MARK}\n ${MARK} end a 0\nx${MARK} end a 7\nM4RK end a 0\n${MARK}x over 0`;
    assert.equal(replyTo(text), text);
  });

  it('keeps the streams of each script apart', () => {
    const { frames, lines, out, err, mark } = reader();
    err('motd\n');
    mark('begin a');
    out('one');
    err('bad\n');
    assert.equal(frames.running, 'a');
    assert.equal(frames.reply('a'), undefined);
    mark('end a 3');
    mark('begin b');
    mark('end b 0');
    assert.deepEqual(frames.reply('a'), { code: 3, stdout: 'one', stderr: 'bad' });
    assert.deepEqual(frames.reply('b'), { code: 0, stdout: '', stderr: '' });
    assert.equal(frames.running, undefined);
    assert.deepEqual(lines, [' stderr motd', 'a stderr bad', 'a stdout one']);
    assert.equal(frames.outside, 'motd');
  });

  it('is over when both streams have ended', () => {
    const { frames, out, err } = reader();
    out(`\n${MARK} group 42\n\n${MARK} begin a\n\n${MARK} over 124\n`);
    assert.equal(frames.over, false);
    err(`\n${MARK} over\n`);
    assert.equal(frames.over, true);
    assert.equal(frames.exit, 124);
    assert.equal(frames.group, 42);
    assert.equal(frames.running, 'a');
  });

  it('keeps all lines of a reply', () => {
    const text = 'x\n'.repeat(250_000);
    assert.equal(replyTo(text)?.length, text.length - 1);
  });

  it('keeps only the end of endOnly scripts, and counts only what it keeps', () => {
    const { frames, out, mark } = reader(['apply']);
    mark('begin apply');
    const before = frames.kept;
    for (let i = 0; i < 5000; i += 1) out(`${i}\n`);
    out('y'.repeat(3 * 1024 * 1024));
    assert.equal(frames.kept, before);
    mark('end apply 1');
    const output = frames.reply('apply')?.stdout.split('\n') ?? [];
    assert.ok(output.length >= 1000 && output.length < 3000, `${output.length} lines`);
    assert.equal(output.at(-2), '4999');
    assert.equal(output.at(-1)?.length, 1024 * 1024);
  });

  it('reads a line of 16 MiB in small chunks in reasonable time', () => {
    const { frames, out, mark } = reader();
    mark('begin a');
    const chunk = 'z'.repeat(32 * 1024);
    const started = performance.now();
    for (let i = 0; i < 512; i += 1) out(chunk);
    mark('end a 0');
    assert.equal(frames.reply('a')?.stdout.length, 16 * 1024 * 1024);
    assert.ok(performance.now() - started < 4000, 'too slow');
  });
});
