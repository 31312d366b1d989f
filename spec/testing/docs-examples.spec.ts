import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packageRoot } from '../../lib/util/package.ts';

/** The examples of docs/testing.md as a user has them: files of a project that has ts-play installed. */
describe('the examples of docs/testing.md', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'ts-play-testing-'));
  before(() => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(packageRoot, join(folder, 'node_modules/ts-play'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const text = readFileSync(join(packageRoot, 'docs/testing.md'), 'utf8');
  const parts = text.split(/^## /m).slice(1);
  for (const part of parts) {
    const [title = ''] = part.split('\n');
    it(`pass: ${title.toLowerCase()}`, async () => {
      const [, code = ''] = /^```ts\n([\s\S]*?)^```/m.exec(part) ?? [];
      const file = join(folder, `${title.replaceAll(/\W/g, '-')}.spec.ts`);
      writeFileSync(file, code);
      // Node 20 reads no TypeScript by itself.
      const jiti = pathToFileURL(join(packageRoot, 'node_modules/jiti/lib/jiti-register.mjs')).href;
      const args = ['--import', jiti, '--test-reporter', 'tap', file];
      const env = { ...process.env, NODE_TEST_CONTEXT: '', JITI_FS_CACHE: join(folder, 'cache') };
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env }).catch(
        (error: { readonly stdout: string; readonly stderr: string }) => error,
      );
      assert.match(stdout, /^# fail 0$/m, stdout);
      assert.match(stdout, /^# pass [1-9]/m, stdout);
    });
  }
});
