// Loads the program together with what V8 made of it in an earlier run: compiling it anew takes longer than a look at a
// converged host. Node 20 keeps no compiled code by itself.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

const path = fileURLToPath(new URL('../../dist/bundle/cli.cjs', import.meta.url));
/** Beside the program: whoever may write there could change the program itself. */
const compiled = `${path}.${process.version}-${process.arch}`;
const DIGEST_BYTES = 8;

/** Runs the program. @returns its exit code */
export async function start(args) {
  const source = readFileSync(path);
  const cachedData = readCompiled(source);
  const wrapper = `(function (exports, require, module, __filename, __dirname) { ${source.toString('latin1')}\n})`;
  const script = new Script(wrapper, { filename: path, ...(cachedData ? { cachedData } : {}) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
  const { main, hasRun } = module.exports;
  const exitCode = await main(args);
  // After a run, when V8 has compiled what a run needs.
  if (hasRun() && (cachedData === undefined || script.cachedDataRejected))
    keepCompiled(source, script.createCachedData());
  return exitCode;
}

/** V8 compares no more than the source's length, and runs damaged code until it crashes: so both are summed. */
function digestOf(source, code) {
  const digest = Buffer.alloc(DIGEST_BYTES);
  digest.writeUInt32BE(crc32(source), 0);
  digest.writeUInt32BE(crc32(code), 4);
  return digest;
}

function readCompiled(source) {
  try {
    const kept = readFileSync(compiled);
    const code = kept.subarray(DIGEST_BYTES);
    return digestOf(source, code).equals(kept.subarray(0, DIGEST_BYTES)) ? code : undefined;
  } catch {
    return undefined;
  }
}

function keepCompiled(source, code) {
  const beside = `${compiled}.${process.pid}`;
  try {
    writeFileSync(beside, Buffer.concat([digestOf(source, code), code]));
    renameSync(beside, compiled);
  } catch {
    // Installed where this user may not write, or on a full disk: the next run compiles again.
    rmSync(beside, { force: true });
  }
}
