import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type HostView,
  PlayError,
  type RoleHost,
  type StepContext,
  type Task,
} from '../../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../../lib/run/handoffs.ts';
import { cachePath, keep, lookUp } from '../../../../roles/domain/build/cache.ts';
import { artifactPath, fingerprint } from '../../../../roles/domain/build/recipe.ts';
import { sharedBuild } from '../../../../roles/domain/build/shared-build.ts';
import { knownHost } from '../../../known-host.ts';
import { bookworm, toolRecipe } from './recipes.ts';

const PLATFORM = 'platform|debian|12|x86_64|glibc 2.36';
const recipe = toolRecipe();
const print = fingerprint(recipe, bookworm);
const sum = (text: string) => createHash('sha256').update(text).digest('hex');

interface FakeHost {
  installed?: boolean;
  /** What its archive holds. */
  archive?: string;
}

/** A play on hosts that only answer questions. */
class FakePlay {
  readonly cacheDir = mkdtempSync(join(tmpdir(), 'ts-play-shared-'));
  readonly warnings: string[] = [];
  readonly asked: string[] = [];
  readonly downloads: string[] = [];
  readonly hosts: Record<string, FakeHost>;
  readonly gone = new Set<string>();
  check = false;
  readonly #known: readonly HostView[];
  readonly #handoffs = handoffContext(new Handoffs());

  constructor(hosts: Record<string, FakeHost>) {
    this.hosts = hosts;
    this.#known = Object.keys(hosts).map((name) => knownHost(name));
  }

  get context(): StepContext<null> {
    const inPlay: readonly RoleHost<null>[] = this.#known
      .filter(({ name }) => !this.gone.has(name))
      .map((host) => ({ ...host, vars: null }));
    return {
      hosts: inPlay,
      playHosts: this.#known,
      check: this.check,
      cacheDir: this.cacheDir,
      group: () => [],
      warn: (text) => void this.warnings.push(text),
      report: () => {},
      ...this.#handoffs,
      query: async (hosts, question) =>
        new Map(
          hosts.map(({ name }) => {
            this.asked.push(`${name}: ${question.name}`);
            return [name, question.parse({ code: 0, stderr: '', stdout: this.#answer(name, question.name) })];
          }),
        ),
      download: async ({ name }, path, to) => {
        const { archive } = this.hosts[name] ?? {};
        assert.equal(path, artifactPath(print));
        if (archive === undefined) throw new PlayError({ kind: 'failed', what: 'could not read it' });
        this.downloads.push(name);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, archive);
        return sum(archive);
      },
    };
  }

  #answer(name: string, question: string): string {
    const { installed, archive } = this.hosts[name] ?? {};
    if (question.startsWith('which builds'))
      return installed ? `${PLATFORM}\nbuild|${print}|1.0-${print}` : PLATFORM;
    return archive === undefined ? 'none' : sum(archive);
  }

  async inCache(text: string): Promise<void> {
    mkdirSync(join(this.cacheDir, 'builds'), { recursive: true });
    writeFileSync(cachePath(this.cacheDir, print), text);
    await keep(this.cacheDir, print, { name: 'tool', version: '1.0', platform: 'p', sha256: sum(text) });
  }
}

const titles = (tasks: readonly Task[]) => tasks.map(({ title }) => title);

describe('a build that is shared', () => {
  let play = new FakePlay({});
  afterEach(() => rmSync(play.cacheDir, { recursive: true, force: true }));

  function playOn(hosts: Record<string, FakeHost>): void {
    rmSync(play.cacheDir, { recursive: true, force: true });
    play = new FakePlay(hosts);
  }

  /** Titles by host: of the first step, and of the second after `between`. */
  async function run(between: () => void = () => {}) {
    const shared = sharedBuild<null>('tool', () => recipe);
    const make = await shared.make(play.context);
    const first = Object.fromEntries(play.context.hosts.map((host) => [host.name, titles(make(host))]));
    between();
    const install = await shared.install(play.context);
    const tasks = Object.fromEntries(play.context.hosts.map((host) => [host.name, install(host)]));
    const second = Object.fromEntries(Object.entries(tasks).map(([name, list]) => [name, titles(list)]));
    return { first, second, tasks };
  }

  const LINK = `link /usr/app/tool/current → 1.0-${print}`;

  it('is made by one host and fetched from there for all', async () => {
    playOn({ a: {}, b: {} });
    const { first, second, tasks } = await run(() => {
      play.hosts['a'] = { archive: 'built' };
    });
    assert.deepEqual(first, { a: ['packages to build tool', 'build tool 1.0'], b: [] });
    // The builder has the libraries already, from what it built with.
    assert.deepEqual(second, {
      a: ['install tool 1.0', LINK],
      b: ['libraries of tool', 'install tool 1.0', LINK],
    });
    assert.deepEqual(play.downloads, ['a']);
    const found = await lookUp(play.cacheDir, print);
    assert.deepEqual(found, { path: cachePath(play.cacheDir, print), sha256: sum('built') });
    const made = tasks['b']?.[1]?.assess({ code: 0, stdout: '', stderr: '' }, []).apply();
    assert.deepEqual(made?.uploads, [{ from: cachePath(play.cacheDir, print), sha256: sum('built') }]);
  });

  it('has the same titles in check mode, and fetches nothing', async () => {
    playOn({ a: {}, b: {} });
    play.check = true;
    const { first, second } = await run();
    assert.deepEqual(first['a'], ['packages to build tool', 'build tool 1.0']);
    assert.deepEqual(second, {
      a: ['install tool 1.0', LINK],
      b: ['libraries of tool', 'install tool 1.0', LINK],
    });
    assert.deepEqual(play.downloads, []);
    assert.equal(existsSync(cachePath(play.cacheDir, print)), false);
  });

  it('needs no second question where all have it', async () => {
    playOn({ a: { installed: true }, b: { installed: true } });
    const { first, second } = await run();
    assert.deepEqual(first, { a: [], b: [] });
    assert.deepEqual(second['a'], ['libraries of tool', 'install tool 1.0', LINK]);
    assert.deepEqual(play.asked, ['a: which builds of tool are there', 'b: which builds of tool are there']);
  });

  it('comes from the controller when it was kept there', async () => {
    playOn({ a: {}, b: {} });
    await play.inCache('kept');
    const { first } = await run();
    assert.deepEqual(first, { a: [], b: [] });
    assert.deepEqual(play.downloads, []);
  });

  it('is made again when what was kept is damaged', async () => {
    playOn({ a: {}, b: {} });
    await play.inCache('kept');
    writeFileSync(cachePath(play.cacheDir, print), 'damaged');
    const { first } = await run(() => {
      play.hosts['a'] = { archive: 'built' };
    });
    assert.deepEqual(first['a'], ['packages to build tool', 'build tool 1.0']);
    assert.match(play.warnings.join(), /is damaged: it is made again/);
    assert.deepEqual(await lookUp(play.cacheDir, print), {
      path: cachePath(play.cacheDir, print),
      sha256: sum('built'),
    });
  });

  it('is packed, not compiled, where a host has it installed', async () => {
    playOn({ a: {}, b: { installed: true } });
    assert.deepEqual((await run()).first, { a: [], b: ['pack tool 1.0'] });
  });

  it('is only fetched where a host has the archive', async () => {
    playOn({ a: {}, b: { archive: 'built before' } });
    assert.deepEqual((await run()).first, { a: [], b: [] });
    assert.deepEqual(play.downloads, ['b']);
  });

  it('that failed keeps nobody waiting, and says who failed', async () => {
    playOn({ a: {}, b: {} });
    const { tasks } = await run(() => play.gone.add('a'));
    assert.deepEqual(Object.keys(tasks), ['b']);
    const assessment = tasks['b']?.[1]?.assess({ code: 0, stdout: '', stderr: '' }, []);
    assert.throws(
      () => assessment?.apply(),
      (error: PlayError) => error.kind === 'failed' && error.why === 'a was to build it and failed',
    );
  });
});
