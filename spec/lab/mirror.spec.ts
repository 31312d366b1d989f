import assert from 'node:assert/strict';
import { aptSource, aptSources, parseMirror } from '../../lib/lab/mirror.ts';

describe('lab mirror', () => {
  it("is the machine's own", () => {
    const targets = [
      'http://mirror.test/debian/ bookworm main Debian',
      'http://mirror.test/debian/ bookworm-updates main Debian',
      'http://mirror.test/debian-security/ bookworm-security main Debian',
    ].join('\n');
    assert.deepEqual(parseMirror(targets), {
      main: 'http://mirror.test/debian/',
      security: 'http://mirror.test/debian-security/',
    });
  });

  it('is not that of another vendor who uses the same names', () => {
    const targets = [
      'https://apt.vendor.test/ bookworm main Vendor',
      'http://mirror.test/debian/ bookworm main Debian',
    ].join('\n');
    assert.equal(parseMirror(targets).main, 'http://mirror.test/debian/');
    assert.equal(
      parseMirror('https://apt.vendor.test/ bookworm main').main,
      'http://deb.debian.org/debian/',
      'without an origin, before the first apt-get update, the address has to look like it',
    );
  });

  it("is the public one when the machine's apt tells nothing", () => {
    for (const targets of ['', 'http://archive.ubuntu.test/ubuntu/ noble main Ubuntu']) {
      assert.deepEqual(parseMirror(targets), {
        main: 'http://deb.debian.org/debian/',
        security: 'http://deb.debian.org/debian-security/',
      });
    }
  });

  it('is written as lines for apt, signed by Debian only', () => {
    const lines = aptSources(parseMirror(''), 'trixie');
    assert.equal(lines.length, 3);
    for (const line of lines) {
      assert.match(
        line,
        /^deb \[signed-by=\/usr\/share\/keyrings\/debian-archive-keyring\.gpg\] \S+ trixie\S* main$/,
      );
    }
    assert.match(
      aptSource(parseMirror(''), 'bookworm'),
      /^deb-src \[signed-by=\S+\] http:\/\/deb\.debian\.org\/debian\/ bookworm main$/,
    );
  });
});
