import assert from 'node:assert/strict';
import { needs } from '../../../../roles/domain/build/packages.ts';
import { parsePlatform, platformLabel, platformProbe } from '../../../../roles/domain/build/platform.ts';
import { inEveryShell } from '../../../support/sandbox.ts';
import { bookworm } from './recipes.ts';

describe('a platform', () => {
  it('is read off a line', () => {
    assert.deepEqual(parsePlatform('platform|debian|12|x86_64|glibc 2.36'), bookworm);
    assert.equal(platformLabel(bookworm), 'debian-12-x86_64-glibc-2.36');
  });

  it('of Red Hat and its kin goes by the major number', () => {
    assert.equal(parsePlatform('platform|rocky|9.4|aarch64|glibc 2.34').version, '9');
    assert.equal(parsePlatform('platform|ubuntu|22.04|x86_64|glibc 2.35').version, '22.04');
  });

  it('without a version still has a label', () => {
    assert.equal(
      platformLabel(parsePlatform('platform|arch||x86_64|glibc 2.40')),
      'arch-rolling-x86_64-glibc-2.40',
    );
  });

  it('must be told', () => {
    assert.throws(() => parsePlatform('sh: not found'), /did not say which system/);
    assert.throws(() => parsePlatform(undefined), /did not say which system/);
  });
});

inEveryShell('asking for the platform', (box) => {
  it('gives a line that can be read', async () => {
    box().rebase('/etc/os-release');
    box().standIn('uname', 'echo x86_64');
    box().standIn('getconf', 'echo glibc 2.36');
    const { mkdirSync, writeFileSync } = await import('node:fs');
    mkdirSync(box().path('etc'));
    writeFileSync(box().path('etc/os-release'), 'ID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"\n');
    const { stdout } = await box().run(platformProbe);
    assert.deepEqual(parsePlatform(stdout), bookworm);
  });
});

describe('the packages of a platform', () => {
  it('are those that compile and those that run', () => {
    assert.deepEqual(needs(bookworm, ['openssl', 'pcre2']), {
      build: ['gcc', 'make', 'libc6-dev', 'pkg-config', 'libssl-dev', 'libpcre2-dev'],
      runtime: ['libssl3', 'libpcre2-8-0', 'libpcre2-posix3'],
    });
    assert.deepEqual(needs({ ...bookworm, version: '13' }, ['openssl']).runtime, ['libssl3t64']);
    assert.deepEqual(needs({ ...bookworm, id: 'rocky', version: '9' }, ['openssl']), {
      build: ['gcc', 'make', 'pkgconf', 'openssl-devel'],
      runtime: ['openssl-libs'],
    });
  });

  it('that nobody has listed are those that compile, in both cases', () => {
    const { build, runtime } = needs({ ...bookworm, version: '99' }, ['zlib']);
    assert.deepEqual(runtime, build);
  });
});
