import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { typeErrors } from '../../lib/cli/type-errors.ts';
import { formatError } from '../../lib/util/errors.ts';
import { Workplace } from './command.ts';

const NESTED = `play/site.ts(5,10): error TS2322: Type '() => Promise<never[]>' is not assignable to type 'readonly Task[]'.
  Type 'A' is not assignable to type 'B'.
    Type 'Promise<never[]>' is missing the following properties from type 'readonly Task[]': length, concat.`;

describe('type errors', () => {
  const told = (output: string) => formatError(typeErrors(output, '/cache/errors.txt')).split('\n');

  it('one: its text, place and reasons', () => {
    assert.deepEqual(told(NESTED), [
      "type error in the playbook: Type '() => Promise<never[]>' is not assignable to type 'readonly Task[]'.",
      '  at: /play/site.ts:5:10',
      "  why: Type 'A' is not assignable to type 'B'.",
      "         Type 'Promise<never[]>' is missing the following properties from type 'readonly Task[]': length, concat.",
      '       TS2322',
    ]);
  });

  it('several: each with its own place and its own reasons', () => {
    const output = `play/site.ts(4,86): error TS2345: The first.\n${NESTED}\nplay/roles/web.ts(1,2): error TS2304: The third.`;
    assert.deepEqual(told(output), [
      '3 type errors in the playbook',
      '  at: /play/site.ts:4:86',
      '  why: /play/site.ts:4:86: The first. (TS2345)',
      "       /play/site.ts:5:10: Type '() => Promise<never[]>' is not assignable to type 'readonly Task[]'. (TS2322)",
      "         Type 'A' is not assignable to type 'B'.",
      "           Type 'Promise<never[]>' is missing the following properties from type 'readonly Task[]': length, concat.",
      '       /play/roles/web.ts:1:2: The third. (TS2304)',
    ]);
  });

  it('many: ten of them, and where the others are', () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) => `play/site.ts(${i + 1},1): error TS1: Number ${i + 1}.`,
    );
    const text = told(lines.join('\n'));
    assert.equal(text[0], '12 type errors in the playbook');
    assert.ok(text.includes('       /play/site.ts:10:1: Number 10. (TS1)'));
    assert.equal(text.at(-1), '  next: correct these first; 2 more are in /cache/errors.txt');
    assert.equal(text.length, 13);
  });

  it('with many reasons: the outermost and the innermost', () => {
    const reasons = Array.from({ length: 6 }, (_, i) => `${'  '.repeat(i + 1)}Reason ${i + 1}.`);
    const text = told(`play/site.ts(1,1): error TS1: What.\n${reasons.join('\n')}`);
    assert.deepEqual(
      text.slice(2).map((line) => line.trim()),
      ['why: Reason 1.', '…', 'Reason 5.', 'Reason 6.', 'TS1'],
    );
  });

  it('of a role: with its variables in two words', () => {
    const output = `play/site.ts(1,1): error TS2561: 'a_tezt' does not exist in type 'GivenVars<{ readonly type: "object"; ... 15 more ...; }; }>'. Did you mean to write 'a_text'?`;
    assert.equal(
      told(output)[0],
      "type error in the playbook: 'a_tezt' does not exist in the role's variables. Did you mean to write 'a_text'?",
    );
  });

  it('name first each misspelt variable of a role that the compiler does not report', () => {
    const text = 'unknown variable a_tezt for role a; did you mean a_text?';
    const where = { file: '/play/site.ts', line: 2, column: 3 };
    const told = typeErrors(NESTED, '/cache/errors.txt', [
      { name: 'a_tezt', text, where },
      { name: 'A', text: 'reported already' },
    ]);
    assert.equal(told.what, '2 type errors in the playbook');
    assert.equal(told.why?.split('\n')[0], `/play/site.ts:2:3: ${text}`);
  });

  it('of no place: as the compiler says it', () => {
    assert.deepEqual(told('error TS2688: Cannot find x.'), [
      'the playbook has type errors',
      '  why: error TS2688: Cannot find x.',
    ]);
  });
});

const ROLE = `import { defineRole, file } from 'ts-play';
import type { Settings } from './settings.ts';
export const settings: Settings = { port: 1 };
export const web = defineRole({
  name: 'web', description: 'web', prefix: 'web_', vars: { type: 'object', additionalProperties: false, properties: {} },
  steps: [() => () => [file({ path: '/x', content: CONTENT })]],
});
`;
const PLAYBOOK = `import { definePlaybook, file } from 'ts-play';
import { web } from './web.ts';
export default definePlaybook({
  plays: [
    { name: 'p', hosts: 'one', roles: [web()], tasks: [file({ path: PATH, content: 'x' })] },
  ],
});
`;

describe('the type check', function () {
  this.timeout(60_000);
  const place = new Workplace();
  after(() => place.dispose());

  /** A playbook, a role it imports, and types that the role imports. */
  function write({ path = "'/x'", content = "'x'", port = 'number' } = {}): void {
    place.write({
      'hosts.yml': 'all: { hosts: { one: { ansible_connection: local } } }\n',
      'site.ts': PLAYBOOK.replace('PATH', path),
      'web.ts': ROLE.replace('CONTENT', content),
      'settings.ts': `export interface Settings { readonly port: ${port} }\n`,
    });
  }
  const check = () => place.run('site.ts', '-i', 'hosts.yml', '--list-hosts');

  it('tells the errors of all files, and again as long as they are there', async () => {
    write({ path: '5', content: '7' });
    for (const time of ['first', 'second']) {
      const { code, stderr } = await check();
      assert.equal(code, 1, time);
      assert.match(stderr, /^2 type errors in the playbook\n {2}at: site\.ts:5:\d+\n/);
      assert.match(stderr, / site\.ts:5:\d+: Type 'number' is not assignable to type 'string'\./);
      assert.match(stderr, / web\.ts:6:\d+: Type 'number' is not assignable to type 'string \| Secret/);
    }
    const list = readFileSync(place.path('cache/types/errors.txt'), 'utf8');
    assert.equal(list.match(/error TS2322/g)?.length, 2);
  });

  it('lets a playbook pass when it is corrected, and looks again when types change that alone are imported', async () => {
    write();
    assert.equal((await check()).code, 0);
    assert.equal((await check()).code, 0);
    write({ port: 'string' });
    const { code, stderr } = await check();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^type error in the playbook: Type 'number' is not assignable to type 'string'\.\n {2}at: web\.ts:3:37\n/,
    );
    write();
    assert.equal((await check()).code, 0);
  });
});
