import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInventory } from '../../lib/inventory/load.ts';
import { limitHosts, selectHosts } from '../../lib/inventory/patterns.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { site } from './site.ts';

const inventory = parseInventory(site, 'site.yml');

const same = parseInventory(
  'all: { hosts: { web: , x1: }, children: { web: { hosts: { a1: , a2: } } } }',
  'same.yml',
);

const odd = parseInventory(
  `
all:
  hosts:
    2001:db8::1:
    "[2001:db8::2]:2222":
    www.example.org:
    www-example.org:
  children:
    v6: { hosts: { 2001:db8::1: , 2001:db8::3: } }
    empty:
    www.example.org: { hosts: { inside: } }
`,
  'odd.yml',
);

describe('selectHosts', () => {
  const cases: [pattern: string, hosts: string][] = [
    ['all', 'bastion lonely mq03 mq01 mq02 lb1'],
    ['*', 'bastion lonely mq03 mq01 mq02 lb1'],
    ['mq01', 'mq01'],
    ['brokers', 'mq01 mq02 mq03'],
    ['site', 'mq01 mq02 mq03 lb1'],
    ['ungrouped', 'lonely bastion'],
    ['lb1:bastion', 'lb1 bastion'],
    ['lb1,bastion', 'lb1 bastion'],
    ['lb1 , bastion', 'lb1 bastion'],
    ['proxies,brokers', 'mq02 mq03 lb1 mq01'],
    ['zone_a,site:&late:!mq02', 'mq03 mq01'],
    ['brokers:!mq02', 'mq01 mq03'],
    ['!mq02:brokers', 'mq01 mq03'],
    ['site:&late', 'mq01 mq02 mq03'],
    ['&zone_a:brokers', 'mq03'],
    ['brokers:&proxies:&zone_a', 'mq03'],
    ['brokers:!mq01:&proxies', 'mq02 mq03'],
    ['!brokers', 'bastion lonely lb1'],
    ['&late', 'mq03 mq01 mq02'],
    ['mq0*', 'mq01 mq02 mq03'],
    ['q*', ''],
    ['*q01', 'mq01'],
    ['mq0?', 'mq01 mq02 mq03'],
    ['mq0[!1]', 'mq02 mq03'],
    ['[ml]*1', 'mq01 lb1'],
    ['z*', 'mq03'],
    ['~mq0[12]', 'mq01 mq02'],
    ['~q', ''],
    ['~(mq|lb)', 'mq01 mq02 mq03 lb1'],
    ['~(?:mq|lb)0?1:!mq01', 'lb1'],
    ['~mq\\d{1,2},bastion', 'mq01 mq02 mq03 bastion'],
    ['~(?i)MQ01', 'mq01'],
    ['~(?P<kind>lb)', 'lb1'],
    ['all[0]', 'bastion'],
    ['brokers[0]', 'mq01'],
    ['brokers[-1]', 'mq03'],
    ['brokers[-3]', 'mq01'],
    ['brokers[0:1]', 'mq01 mq02'],
    ['brokers[1:]', 'mq02 mq03'],
    ['brokers[0:0]', 'mq01'],
    ['brokers[1:99]', 'mq02 mq03'],
    ['brokers[7:9]', ''],
    ['mq*[1]', 'mq02'],
    ['brokers[0]:proxies[-1]', 'mq01 lb1'],
    ['brokers:!brokers[0]', 'mq02 mq03'],
    ['brokers:!~mq01\\Z', 'mq02 mq03'],
    ['brokers:!~mq0[(1]', 'mq02 mq03'],
    ['~mq0[]1,2],lb1', 'mq01 mq02 lb1'],
  ];
  for (const [pattern, hosts] of cases) {
    it(`selects ${hosts || 'no host'} for ${pattern}`, () => {
      assert.deepEqual(selectHosts(pattern, inventory), hosts === '' ? [] : hosts.split(' '));
    });
  }

  it('prefers a host to a group of the same name in plain terms only', () => {
    assert.deepEqual(selectHosts('web', same), ['web']);
    assert.deepEqual(selectHosts('all:!web', same), ['web', 'x1']);
    assert.deepEqual(selectHosts('all:&web', same), ['a1', 'a2']);
    assert.deepEqual(selectHosts('web[0]', same), ['a1']);
    assert.deepEqual(selectHosts('w*', same), ['a1', 'a2', 'web']);
  });

  it('reads IPv6 addresses as names, not as unions', () => {
    assert.deepEqual(selectHosts('2001:db8::1', odd), ['2001:db8::1']);
    assert.deepEqual(selectHosts('[2001:db8::2]:2222', odd), ['2001:db8::2']);
    assert.deepEqual(selectHosts('[2001:db8::2]', odd), ['2001:db8::2']);
    assert.deepEqual(selectHosts('v6,!2001:db8::1', odd), ['2001:db8::3']);
    assert.deepEqual(selectHosts('2001:db8::3,2001:db8::2', odd), ['2001:db8::3', '2001:db8::2']);
  });

  it('reads a dot in a name literally', () => {
    assert.deepEqual(selectHosts('!www.example.org', odd), [
      '2001:db8::1',
      '2001:db8::2',
      'www-example.org',
      '2001:db8::3',
    ]);
  });

  it('warns about a plain term that matches nothing, and continues', () => {
    const selected = (pattern: string) => {
      const texts: string[] = [];
      const hosts = selectHosts(pattern, inventory, (text) => texts.push(text));
      return [hosts.join(' '), ...texts];
    };
    assert.deepEqual(selected('mq01,db*'), [
      'mq01',
      '"db*" in a host pattern matches nothing: it matches no name of a host or group',
    ]);
    assert.deepEqual(selected('mq01,brokers[5:]'), [
      'mq01',
      '"brokers[5:]" in a host pattern matches nothing: "brokers" has 3 hosts, numbered from 0',
    ]);
    assert.deepEqual(selected('brokers:!mq01'), ['mq02 mq03']);
  });

  it('accepts the exclusion of an empty group', () => {
    assert.deepEqual(selectHosts('v6:!empty', odd), ['2001:db8::1', '2001:db8::3']);
    assert.deepEqual(selectHosts('v6:!emp*:!empty[0]', odd), ['2001:db8::1', '2001:db8::3']);
  });

  it('selects no host for an empty group or a slice of it', () => {
    assert.deepEqual(selectHosts('empty', odd), []);
    assert.deepEqual(selectHosts('empty[0]', odd), []);
  });

  const bad: [pattern: string, what: RegExp, next?: RegExp][] = [
    ['brokes', /no host or group is called "brokes"/, /did you mean "brokers"/],
    ['all:!mq1', /called "mq1"/, /did you mean "mq01"/],
    ['brokers:&zoneA', /called "zoneA"/, /did you mean "zone_a"/],
    ['nowhere', /called "nowhere"/, /the groups are all, ungrouped, site/],
    ['localhost', /called "localhost"/, /ansible_connection: local/],
    ['brokes[0]', /called "brokes"/],
    ['lb1:22', /called "lb1:22"/],
    ['brokers[3]', /no host brokers\[3\]/],
    ['brokers[-4]', /no host brokers\[-4\]/],
    ['mq0[1-3]', /not a valid slice/, /~mq0\[1-3\]\$/],
    ['brokers[-2:-1]', /not a valid slice/],
    ['brokers[:1]', /not a valid slice/, /brokers\[0:2\]/],
    ['~(mq', /"\(" in the host pattern "~\(mq" is never closed/],
    ['~mq)', /not a regular expression/],
    ['all:!brokes*', /^"!brokes\*" in a host pattern matches nothing$/, /did you mean "brokers"/],
    ['all:&zzz*', /^"&zzz\*" in a host pattern matches nothing$/, /the groups are all, ungrouped/],
    ['all:!~qm', /^"!~qm" in a host pattern matches nothing$/],
    ['all:!brokers[3:5]', /^"!brokers\[3:5\]" in a host pattern matches nothing$/],
    ['all,mq[0,!mq01', /"\[" in the host pattern "all,mq\[0,!mq01" is never closed/],
    ['all:!~mq{2,!mq01', /"\{" in the host pattern .* is never closed/],
    ['all:![[:alpha:]]*', /"\[:alpha:\]" in the host pattern/, /\[a-z0-9\]/],
    ['all:!~mq\\Q', /"\\Q" in the pattern "~mq\\Q" is not supported/],
    ['{{ target }}', /host pattern "\{\{ target \}\}" contains a template/],
    ['[9-0]*', /malformed/],
    ['', /empty/],
    [' , :', /empty/],
    ['all:!', /nothing follows "!"/],
    ['all:& late', /nothing follows "&"/],
  ];
  for (const [pattern, what, next] of bad) {
    it(`refuses "${pattern}"`, () => {
      assert.throws(
        () => selectHosts(pattern, inventory),
        (error) => {
          assert.ok(error instanceof PlayError);
          assert.equal(error.kind, 'input');
          assert.match(error.what, what);
          if (next !== undefined) assert.match(error.next ?? '', next);
          return true;
        },
      );
    });
  }
});

describe('limitHosts', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limit-'));
    await writeFile(join(folder, 'retry'), '# failed last time\nmq03\r\n\n  brokers:!mq02  \n');
    await writeFile(join(folder, 'typo'), 'mq3\n');
    await writeFile(join(folder, 'none'), '\n');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const play = ['mq03', 'mq02', 'mq01'];

  it("keeps the play's order", () => {
    assert.deepEqual(limitHosts(play, 'mq01,mq03', inventory), ['mq03', 'mq01']);
    assert.deepEqual(limitHosts(play, 'all', inventory), play);
    assert.deepEqual(limitHosts(play, '!mq02', inventory), ['mq03', 'mq01']);
  });

  it('may select no host of the play', () => {
    assert.deepEqual(limitHosts(play, 'bastion', inventory), []);
  });

  it('reads patterns from a file', () => {
    assert.deepEqual(limitHosts(play, '@retry', inventory, folder), ['mq03', 'mq01']);
    assert.deepEqual(limitHosts(play, `@${join(folder, 'retry')}:!mq01`, inventory), ['mq03']);
    assert.throws(() => limitHosts(play, '@typo', inventory, folder), /called "mq3"/);
    assert.throws(() => limitHosts(play, '@none', inventory, folder), /matches no host/);
    assert.throws(() => limitHosts(play, '@missing', inventory, folder), /"missing" can't be read/);
  });

  it('refuses a limit that matches no host of the inventory', () => {
    for (const limit of ['q*', 'all:!all', '', 'site:&lonely']) {
      assert.throws(() => limitHosts(play, limit, inventory), /matches no host/, limit);
    }
    assert.throws(() => limitHosts(play, 'mq4', inventory), /called "mq4"/);
  });
});
