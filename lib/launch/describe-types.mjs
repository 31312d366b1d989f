// Gives the types of the shipped roles' variables the descriptions of their schema, for an editor to show.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a doc comment above each property with a `description` in the `.d.ts` files of the folder. */
export function describeTypes(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const described = withComments(text);
    if (described !== text) writeFileSync(path, described);
  }
}

/** The compiler writes one property a line, and a brace that closes an object on a line of its own. */
function withComments(text) {
  const lines = text.split('\n');
  const comments = new Map();
  const open = [];
  for (const [index, line] of lines.entries()) {
    if (/^\s*(readonly )?\w+: \{$/.test(line)) open.push(index);
    else if (/\{$/.test(line)) open.push(undefined);
    else if (/^\s*\}/.test(line)) open.pop();
    const [, , description] = /^\s*readonly description: (["'])(.*)\1;$/.exec(line) ?? [];
    const property = open.at(-1);
    if (description !== undefined && property !== undefined) comments.set(property, description);
  }
  return lines
    .flatMap((line, index) => (comments.has(index) ? [comment(line, comments.get(index)), line] : [line]))
    .join('\n');
}

function comment(line, description) {
  const [indent] = /^\s*/.exec(line);
  return `${indent}/** ${description.replaceAll('*/', '* /').replaceAll(/\\(.)/g, '$1')} */`;
}
