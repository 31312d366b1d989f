import assert from 'node:assert/strict';
import { isArchiveOf, parseSums, stableName } from '../../lib/lab/sources.ts';

describe('lab sources', () => {
  it('get names with program and version', () => {
    assert.equal(stableName('haproxy_2.6.12.orig.tar.gz'), 'haproxy-2.6.12.tar.gz');
    assert.equal(stableName('keepalived_2.2.7.orig.tar.xz'), 'keepalived-2.2.7.tar.xz');
  });

  it('include only upstream archives', () => {
    for (const file of ['haproxy_2.6.12-1.dsc', 'haproxy_2.6.12-1.debian.tar.xz', 'sources.list', 'cache']) {
      assert.equal(stableName(file), undefined, file);
    }
  });

  it('are known by the name of their source package', () => {
    assert.ok(isArchiveOf('haproxy', '/x/haproxy-2.6.12.tar.gz'));
    assert.ok(!isArchiveOf('haproxy', '/x/haproxy-log-1.0.tar.gz'));
    assert.ok(!isArchiveOf('hap', '/x/haproxy-2.6.12.tar.gz'));
  });

  it('are recorded in the format of sha256sum', () => {
    const sum = 'ab'.repeat(32);
    assert.deepEqual(parseSums(`${sum}  a-1.tar.gz\nnonsense\n${sum} *b-2.tar.gz\n`), [
      { file: 'a-1.tar.gz', sha256: sum },
      { file: 'b-2.tar.gz', sha256: sum },
    ]);
  });
});
