import assert from 'node:assert/strict';
import type { Reply, RoleHost, StepContext, Task } from '../../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../../lib/run/handoffs.ts';
import { installedTasks } from '../../../../roles/domain/build/installed.ts';
import { type ProgramOrigin, provide } from '../../../../roles/domain/build/provide.ts';
import { knownHost } from '../../../known-host.ts';

const FOLDERS = ['2.6.12-aaaaaaaaaaaa', '3.0.11-bbbbbbbbbbbb', '3.0.11-cccccccccccc'];
const wish = { root: '/usr/app', name: 'tool' };
const titles = (tasks: readonly Task[]) => tasks.map(({ title }) => title);
const nothing: Reply = { code: 0, stdout: '', stderr: '' };

describe('a build that is installed already', () => {
  const tasks = (folder: string) => installedTasks({ ...wish, folder }, FOLDERS, {});

  it('is linked, by its folder or its version', () => {
    const link = 'link /usr/app/tool/current → 2.6.12-aaaaaaaaaaaa';
    assert.deepEqual(titles(tasks('2.6.12')), [link]);
    assert.deepEqual(titles(tasks('2.6.12-aaaaaaaaaaaa')), [link]);
  });

  it('that is not there, or that is there twice, fails with what there is', () => {
    const why = (folder: string) => {
      try {
        tasks(folder)[0]?.assess(nothing, []);
      } catch (error) {
        return (error as { why?: string }).why ?? '';
      }
      return assert.fail('no error');
    };
    assert.match(why('2.6.1'), /there are only 2\.6\.12-aaaaaaaaaaaa, 3\.0/);
    assert.match(why('3.0.11'), /several: 3\.0\.11-bbbbbbbbbbbb, 3\.0\.11-cccccccccccc/);
  });
});

describe('where a program comes from', () => {
  /** One host that says what it has, asked for what `wanted` says. */
  async function laidOut(wanted: ProgramOrigin) {
    const host: RoleHost<null> = { ...knownHost('a'), vars: null };
    const asked: string[] = [];
    const context = {
      hosts: [host],
      playHosts: [host],
      check: false,
      cacheDir: '/nowhere',
      group: () => [],
      warn: () => {},
      report: () => {},
      ...handoffContext(new Handoffs()),
      download: () => Promise.reject(new Error('nothing to download')),
      query: async (hosts, question) => {
        asked.push(question.name);
        const stdout = [
          'platform|debian|12|x86_64|glibc 2.36',
          ...FOLDERS.map((name) => `build|${name.slice(-12)}|${name}`),
        ];
        return new Map(
          hosts.map(({ name }) => [name, question.parse({ ...nothing, stdout: stdout.join('\n') })]),
        );
      },
    } satisfies StepContext<null>;
    const program = provide<null>('tool', () => wanted);
    const make = await program.make(context);
    const install = await program.install(context);
    return { first: titles(make(host)), second: titles(install(host, {})), asked };
  }

  it('is a package, and nothing is asked or built', async () => {
    assert.deepEqual(await laidOut({ kind: 'package', names: ['tool'] }), {
      first: [],
      second: ['package tool'],
      asked: [],
    });
  });

  it('is a folder that is there', async () => {
    const { first, second } = await laidOut({ kind: 'installed', ...wish, folder: '2.6.12' });
    assert.deepEqual(first, []);
    assert.deepEqual(second, ['link /usr/app/tool/current → 2.6.12-aaaaaaaaaaaa']);
  });
});
