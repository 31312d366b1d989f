import assert from 'node:assert/strict';
import { expandHosts } from '../../lib/inventory/ranges.ts';
import { PlayError } from '../../lib/util/errors.ts';

describe('host names with ranges', () => {
  const good: [written: string, names: string, port?: number][] = [
    ['web1', 'web1'],
    ['web[1:3]', 'web1 web2 web3'],
    ['web[8:11]', 'web8 web9 web10 web11'],
    ['web[01:03]', 'web01 web02 web03'],
    ['web[01:10:3]', 'web01 web04 web07 web10'],
    ['web[009:011]x', 'web009x web010x web011x'],
    ['web[1:010]', 'web1 web2 web3 web4 web5 web6 web7 web8 web9 web10'],
    ['web[:2]', 'web0 web1 web2'],
    ['web[:02]', 'web0 web1 web2'],
    ['web[1:9:20]', 'web1'],
    ['web[4:4]', 'web4'],
    ['db-[a:c]', 'db-a db-b db-c'],
    ['db-[a:e:2]', 'db-a db-c db-e'],
    ['db-[y:B]', 'db-y db-z db-A db-B'],
    ['r[1:2]c[a:b]', 'r1ca r1cb r2ca r2cb'],
    ['web[1:2][3:4]', 'web13 web14 web23 web24'],
    ['10.0.0.[9:11]', '10.0.0.9 10.0.0.10 10.0.0.11'],
    ['web1:2222', 'web1', 2222],
    ['web[1:2]:2222', 'web1 web2', 2222],
    ['10.0.0.1:22', '10.0.0.1', 22],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['[2001:db8::1]:2222', '2001:db8::1', 2222],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::[1:2]', 'fe80::1 fe80::2'],
  ];
  for (const [written, names, port] of good) {
    it(`expand ${written} to ${names}${port === undefined ? '' : ` with port ${port}`}`, () => {
      assert.deepEqual(expandHosts(written), { names: names.split(' '), port });
    });
  }

  const bad: [written: string, why: RegExp][] = [
    ['web[3:1]', /begins after its end/],
    ['db-[C:a]', /begins after its end/],
    ['web[01:010]', /same number of digits/],
    ['web[00:3]', /same number of digits/],
    ['web[3:]', /has no end/],
    ['web[:]', /has no end/],
    ['web[]', /not \[begin:end\]/],
    ['web[1-3]', /not \[begin:end\]/],
    ['web[1:2:3:4]', /not \[begin:end\]/],
    ['web[1:3', /bracket/],
    ['web1:3]', /bracket/],
    ['web[[1:2]]', /bracket/],
    ['web[1:a]', /neither/],
    ['web[ab:cd]', /neither/],
    ['web[:c]', /neither/],
    ['web[-1:3]', /neither/],
    ['web[1:3:0]', /step/],
    ['web[1:3:-1]', /step/],
    ['web[1:3:]', /step/],
    ['web[0:999999999]', /more than/],
    ['w[0:999][0:999]', /more than/],
  ];
  for (const [written, why] of bad) {
    it(`are refused when malformed: ${written}`, () => {
      assert.throws(
        () => expandHosts(written),
        (error) =>
          error instanceof PlayError &&
          error.kind === 'input' &&
          error.what.includes(`"${written}"`) &&
          why.test(error.why ?? ''),
      );
    });
  }

  it('are refused without a name, or with a port that is out of range', () => {
    assert.throws(() => expandHosts(''), /no name/);
    assert.throws(() => expandHosts(':22'), /no name/);
    assert.throws(() => expandHosts('web:0'), /port/);
    assert.throws(() => expandHosts('web:70000'), /port/);
  });
});
