import type { Schema, VarsSchema } from '../../lib/index.ts';

/**
 * A role's variables or an operation's parameters, as the table that its README holds between `<!-- vars -->` and
 * `<!-- /vars -->`.
 */
export function varsTable({ properties, required = [] }: VarsSchema, what = 'variable'): string {
  const heading = [what, 'type', 'default', 'meaning'];
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeOf(schema),
    required.includes(name) ? 'required' : defaultOf(schema),
    schema.description,
  ]);
  const cells = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [head = [], ...body] = cells.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The table that a README holds between two marks; undefined when it has none. */
export function tableIn(readme: string, mark = 'vars'): string | undefined {
  const end = '<!-- /vars -->';
  const [, rest] = readme.split(`<!-- ${mark} -->`);
  return rest?.includes(end) ? rest.split(end)[0]?.trim() : undefined;
}

/** A table without the padding of its cells: what it says, however it is aligned. */
export function unpadded(table: string): string {
  return table
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .split('\n')
    .map((row) => row.trim())
    .join('\n');
}

function typeOf(schema: Schema): string {
  switch (schema.type) {
    case 'string':
      return schema.enum?.map((word) => `\`${word}\``).join(', ') ?? schema.format ?? 'string';
    case 'array':
      return `array of ${typeOf(schema.items)}`;
    default:
      return schema.type;
  }
}

function defaultOf(schema: Schema): string {
  if (!('default' in schema) || schema.default === undefined) return '';
  return `\`${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}\``;
}
