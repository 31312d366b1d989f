import type { Schema, VarsSchema } from '../../lib/index.ts';

const HEAD = ['variable', 'type', 'default', 'meaning'];
const BEGIN = '<!-- vars -->';
const END = '<!-- /vars -->';

/** A role's variables as the table its README holds between `<!-- vars -->` and `<!-- /vars -->`. */
export function varsTable({ properties, required = [] }: VarsSchema): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeOf(schema),
    required.includes(name) ? 'required' : defaultOf(schema),
    schema.description,
  ]);
  const cells = [HEAD, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [head = [], ...body] = cells.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The table that a README holds; undefined when it has none. */
export function tableIn(readme: string): string | undefined {
  const [, rest] = readme.split(BEGIN);
  return rest?.includes(END) ? rest.split(END)[0]?.trim() : undefined;
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
