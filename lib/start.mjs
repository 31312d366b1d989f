// Loads the program together with what V8 made of it in an earlier run: compiling it anew takes longer than a look at a
// converged host. Node 20 keeps no compiled code by itself.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const path = fileURLToPath(new URL('../dist/bundle/cli.cjs', import.meta.url));
/** Beside the program: whoever may write there could change the program itself. */
const compiled = `${path}.${process.version}-${process.arch}`;
const DIGEST_BYTES = 32;

/** Runs the program. @returns its exit code */
export async function start(args) {
  const source = readFileSync(path, 'utf8');
  // V8 compares no more than the length.
  const digest = createHash('sha256').update(source).digest();
  const cachedData = readCompiled(digest);
  const wrapper = `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
  const script = new Script(wrapper, { filename: path, ...(cachedData ? { cachedData } : {}) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
  const { main, hasRun } = module.exports;
  const exitCode = await main(args);
  // After a run, when V8 has compiled what a run needs.
  if (hasRun() && (cachedData === undefined || script.cachedDataRejected)) keepCompiled(digest, script);
  return exitCode;
}

function readCompiled(digest) {
  try {
    const kept = readFileSync(compiled);
    return digest.equals(kept.subarray(0, DIGEST_BYTES)) ? kept.subarray(DIGEST_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

function keepCompiled(digest, script) {
  const beside = `${compiled}.${process.pid}`;
  try {
    writeFileSync(beside, Buffer.concat([digest, script.createCachedData()]));
    renameSync(beside, compiled);
  } catch {
    // Installed where this user may not write: the next run compiles again.
  }
}
