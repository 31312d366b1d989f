// Packs the compiled engine, its roles and what they depend on into a few files: a run spends more time on finding and
// reading hundreds of small modules than on looking at a converged host.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Writes `dist/bundle` of the checkout at `root`: the program, and the library for those who import it. */
export async function bundle(root) {
  const dist = join(root, 'dist');
  const common = {
    outdir: join(dist, 'bundle'),
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
  await Promise.all([program(dist, common), library(dist, common)]);
}

/** One script, which lib/launch/start.mjs can load together with its compiled code. */
async function program(dist, common) {
  await build({
    ...common,
    entryPoints: [{ in: join(dist, 'lib/cli/main.js'), out: 'cli' }],
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

/** Where a module that users import is compiled to: `ts-play/roles/NAME` in its own folder, all others below `roles`. */
function compiled(dist, module) {
  const name = outputOf(module);
  return join(dist, name.startsWith('roles/') ? name : join('roles', name), 'index.js');
}

function outputOf(module) {
  return module.replace(/^ts-play\//, '');
}

async function library(dist, common) {
  const { shippedModules } = await import(pathToFileURL(join(dist, 'roles/index.js')).href);
  await build({
    ...common,
    entryPoints: [
      { in: join(dist, 'lib/index.js'), out: 'index' },
      { in: join(dist, 'lib/lab/relay.js'), out: 'relay' },
      { in: join(dist, 'roles/proof/client/main.js'), out: 'prove-client' },
      ...Object.keys(shippedModules).map((name) => ({ in: compiled(dist, name), out: outputOf(name) })),
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
