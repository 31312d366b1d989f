// Packs the compiled engine, what is shipped with it and what they depend on into a few files: a run spends more time on
// finding and reading hundreds of small modules than on looking at a converged host.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes `dist/bundle` of the checkout at `root`: the programs that `roles/programs.json` names, and what package.json
 * exports. The program `cli` is the command line.
 */
export async function bundle(root) {
  const common = {
    outdir: join(root, 'dist/bundle'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    // Loaded from where they are installed: they find files of their own beside them, or are optional.
    external: ['jiti', 'typescript', 'esbuild', 'cpu-features', '*.node'],
    // A class prints under its own name, also where esbuild has to rename it.
    keepNames: true,
    logLevel: 'error',
  };
  const { cli, ...programs } = readJson(root, 'roles/programs.json');
  await Promise.all([commandLine(compiled(root, cli), common), library(root, programs, common)]);
}

/** One script, which lib/launch/start.mjs can load together with its compiled code. */
async function commandLine(source, common) {
  await build({
    ...common,
    entryPoints: [{ in: source, out: 'cli' }],
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // Less to read and to sum; names stay, for they are what an error's stack shows.
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'ascii',
    define: { 'import.meta.url': 'bundledUrl' },
    banner: { js: "const bundledUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}

async function library(root, programs, common) {
  await build({
    ...common,
    entryPoints: [
      { in: join(root, 'dist/lib/lab/relay.js'), out: 'relay' },
      ...Object.entries(programs).map(([out, source]) => ({ in: compiled(root, source), out })),
      ...exported(root),
    ],
    splitting: true,
    format: 'esm',
    // What CommonJS packages expect to find around them.
    banner: {
      js: [
        "import { createRequire as bundledRequire } from 'node:module';",
        "import { dirname as bundledDirname } from 'node:path';",
        "import { fileURLToPath as bundledPath } from 'node:url';",
        'const require = bundledRequire(import.meta.url);',
        'const __filename = bundledPath(import.meta.url);',
        'const __dirname = bundledDirname(__filename);',
      ].join('\n'),
    },
  });
}

/** The modules that package.json exports. One with `*` stands for each file that there is. */
function exported(root) {
  const { exports } = readJson(root, 'package.json');
  return Object.values(exports).flatMap((entry) => {
    if (typeof entry === 'string') return [];
    const source = entry.types.replace(/\.d\.ts$/, '.js');
    const out = entry.default.replace(/^\.\/dist\/bundle\//, '').replace(/\.js$/, '');
    return namesFor(root, source).map((name) => ({
      in: join(root, source.replace('*', name)),
      out: out.replace('*', name),
    }));
  });
}

/** What `*` of a path can be; for a path without one a name that isn't used. */
function namesFor(root, path) {
  const [before, after] = path.split('*');
  if (after === undefined) return [''];
  return readdirSync(join(root, before), { recursive: true })
    .filter((file) => file.endsWith(after))
    .map((file) => file.slice(0, -after.length))
    .filter((name) => !name.includes('/'));
}

function compiled(root, source) {
  return join(root, 'dist', source.replace(/\.ts$/, '.js'));
}

function readJson(root, path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}
