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

  it('is not that of another vendor with the same release names', () => {
    const targets = [
      'https://apt.vendor.test/ bookworm main Vendor',
      'http://mirror.test/debian/ bookworm main Debian',
    ].join('\n');
    assert.equal(parseMirror(targets).main, 'http://mirror.test/debian/');
    // Without an origin, before the first apt-get update, the address must contain "debian".
    assert.throws(() => parseMirror('https://apt.vendor.test/ bookworm main'), /no mirror of Debian/);
    assert.equal(parseMirror('http://mirror.test/debian/ bookworm main').main, 'http://mirror.test/debian/');
  });

  it("is required in the machine's apt", () => {
    for (const targets of ['', 'http://archive.ubuntu.test/ubuntu/ noble main Ubuntu']) {
      assert.throws(() => parseMirror(targets), /no mirror of Debian/);
    }
  });

  it('is written as apt sources that only Debian can sign', () => {
    const mirror = { main: 'http://mirror.test/debian/', security: 'http://mirror.test/debian-security/' };
    const lines = aptSources(mirror, 'trixie');
    assert.equal(lines.length, 3);
    assert.equal(aptSources({ ...mirror, security: undefined }, 'trixie').length, 2);
    for (const line of lines) {
      assert.match(
        line,
        /^deb \[signed-by=\/usr\/share\/keyrings\/debian-archive-keyring\.gpg\] \S+ trixie\S* main$/,
      );
    }
    assert.match(aptSources(mirror, 'forky')[0] ?? '', /^deb \[signed-by=\S+ check-valid-until=no\] /);
    assert.match(
      aptSource(mirror, 'bookworm'),
      /^deb-src \[signed-by=\S+\] http:\/\/mirror\.test\/debian\/ bookworm main$/,
    );
  });
});
