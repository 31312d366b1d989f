// What follows from the files in lib/tasks: the index of the public task types, and their table in docs/tasks.md.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The source files of task types and handlers, by path under lib/tasks. */
function taskFiles(root) {
  const folder = join(root, 'lib/tasks');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/**
 * The source of lib/tasks/index.ts: of each file its functions and constants, except the definitions called `…Type`;
 * its types called `…Want`; and what it re-exports from lib/tasks/support.
 */
export function taskIndex(root) {
  return taskFiles(root)
    .map(({ name, text }) => {
      const values = all(text, /^export (?:const|function) (\w+)/gm).filter((each) => !each.endsWith('Type'));
      const types = [
        ...all(text, /^export (?:interface|type) (\w+Want)\b/gm),
        ...all(text, /^export type \{ ([\w, ]+) \} from '\.\/support\//gm).flatMap((list) =>
          list.split(', '),
        ),
      ];
      return `export { ${[...types.map((type) => `type ${type}`), ...values].join(', ')} } from './${name}';\n`;
    })
    .join('');
}

/** The table of task types: name, arguments (`?` marks an optional one), and the doc comment of the function. */
export function taskTable(root) {
  const rows = taskFiles(root).flatMap(({ name, text }) => {
    const want = all(text, /^export (?:interface|type) (\w+Want)\b/gm)[0];
    if (want === undefined) return withoutArguments(text);
    const [, words, task] =
      /\/\*\* ([^\n]*) \*\/\nexport (?:const|function) (\w+)(?:\(want| = define)/.exec(text) ?? [];
    if (task === undefined)
      throw new Error(`lib/tasks/${name}: its function needs a doc comment of one line, right before it`);
    return [`| \`${task}({ ${fields(text, want).join(', ')} })\` | ${words.replaceAll('|', '\\|')} |`];
  });
  return ['| task | what it is for |', '| --- | --- |', ...rows].join('\n');
}

/** The rows of a file whose functions take no arguments but options. */
function withoutArguments(text) {
  return [...text.matchAll(/\/\*\* ([^\n]*) \*\/\nexport function (\w+)\(options/g)].map(
    ([, words, task]) => `| \`${task}()\` | ${words.replaceAll('|', '\\|')} |`,
  );
}

/** The arguments that a type declares: its own, and those of other types of the file that it is made of. */
function fields(text, type) {
  const declared =
    new RegExp(`^(?:export )?(?:interface|type) ${type}\\b([\\s\\S]*?)(?:^}|;\\n\\n)`, 'm').exec(text)?.[1] ??
    '';
  const shared = /\bAttributes\b/.test(declared) ? ['owner?', 'group?', 'mode?'] : [];
  const parts = all(declared, /\b([A-Z]\w+)\b/g)
    .filter((name) => name !== type && new RegExp(`^interface ${name}\\b`, 'm').test(text))
    .flatMap((name) => fields(text, name));
  // In an interface what is nested belongs to an argument; in a union each member has a part of the arguments.
  const isInterface = new RegExp(`^(?:export )?interface ${type}\\b`, 'm').test(text);
  const own = all(declared, isInterface ? /^ {2}readonly (\w+\??): /gm : /readonly (\w+\??): (?!undefined)/g);
  const found = [...parts, ...own, ...shared];
  return [...new Set(found)].filter((name) => name.endsWith('?') || !found.includes(`${name}?`));
}

function all(text, pattern) {
  return [...text.matchAll(pattern)].map(([, found]) => found);
}

/** A name in kebab-case, as folders and files have it, in camelCase. */
export function camel(name) {
  return basename(name).replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
