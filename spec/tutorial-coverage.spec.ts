import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

describe('the rows of docs/tutorial-coverage.md', () => {
  const rows = readFileSync('docs/tutorial-coverage.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));

  it('are many', () => assert.ok(rows.length > 45, String(rows.length)));

  for (const [section = '', what = '', by = '', shown = ''] of rows) {
    it(`${section} ${what} name what is there`, () => {
      const [, file = '', title = ''] = /^`([^`]+)` (.+)$/.exec(shown) ?? [];
      assert.ok(existsSync(file), `no such file: ${file}`);
      assert.ok(readFileSync(file, 'utf8').includes(title), `${file} has no "${title}"`);
      for (const [, path = ''] of by.matchAll(/`((?:roles|playbooks|inventory)\/[\w./-]+)/g)) {
        assert.ok(existsSync(path), `no such file: ${path}`);
      }
    });
  }
});
