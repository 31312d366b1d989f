import assert from 'node:assert/strict';
import { judgeVrrp } from '../../../../roles/keepalived-build/vrrp/judge.ts';
import { site, type Written } from './configs.ts';

const judge = (...written: readonly Written[]) =>
  judgeVrrp(written.map((each, index) => site('abc'[index] ?? '', each)));
const rules = (...written: readonly Written[]) =>
  judge(...written).map(({ severity, rule }) => `${severity} ${rule}`);
const found = (rule: string, ...written: readonly Written[]) =>
  judge(...written).find((each) => each.rule === rule);

const good: Written = { nopreempt: true, check: 'interval 2\n fall 2\n rise 2' };
const pair = (both: Written, second: Written = {}) =>
  [
    { ...both, priority: 254 },
    { ...both, priority: 253, ...second },
  ] as const;

describe('the judge of VRRP', () => {
  it('has nothing against equal candidates with nopreempt and a check without weight', () => {
    assert.deepEqual(rules(...pair(good)), []);
    assert.deepEqual(rules(...pair(good), { ...good, priority: 252 }), []);
  });

  it('tells when the address never moves, and why', () => {
    const adds = found(
      'vip-never-moves',
      { priority: 100, check: 'weight 10' },
      { priority: 50, check: 'weight 10' },
    );
    assert.equal(adds?.what, 'the VIP 192.0.2.200 never moves when HAProxy dies on a');
    assert.match(adds.why, /a announces 100, b 50 \+ 10 = 60.*adds while the check succeeds/);
    assert.deepEqual([adds.severity, adds.hosts, adds.where.file], ['error', ['a', 'b'], 'a']);

    const little = found(
      'vip-never-moves',
      { priority: 100, check: 'weight -20' },
      { priority: 50, check: 'weight -20' },
    );
    assert.match(little?.why ?? '', /100 - 20 = 80.*too little/);

    const shy = found('vip-never-moves', ...pair({ nopreempt: true, check: 'weight -20' }));
    assert.match(shy?.why ?? '', /with nopreempt b never takes over/);

    const blind = found('vip-never-moves', ...pair({ nopreempt: true, check: null }));
    assert.match(blind?.why ?? '', /nothing on a looks after HAProxy/);
  });

  it('is content with a weight that is enough', () => {
    const close = (check: string) => [100, 95].map((priority) => ({ priority, check }));
    for (const check of ['weight 10', 'weight -10'])
      assert.equal(found('vip-never-moves', ...close(check)), undefined, check);
    // 254 is the most there is.
    assert.match(
      found('vip-never-moves', ...pair({ check: 'weight 10' }))?.why ?? '',
      /253 \+ 10, cut to 254/,
    );
  });

  it('lets HAProxy die on one host after the other', () => {
    const check = 'weight -20';
    const three = [100, 95, 70].map((priority) => ({ priority, check }));
    const finding = found('vip-never-moves', ...three);
    assert.match(finding?.what ?? '', /when HAProxy dies on b too/);
  });

  it('begins with every host that may hold the address when all is well', () => {
    // With nopreempt a host of less priority keeps what it took first; only from there nothing moves.
    const odd = [
      { priority: 100, nopreempt: true, check: 'weight -20' },
      { priority: 90, nopreempt: false, check: 'weight -20' },
    ];
    const finding = found('vip-never-moves', ...odd);
    assert.match(finding?.what ?? '', /dies on b/);
    assert.match(finding?.why ?? '', /with nopreempt a never takes over/);
  });

  it('tells when the address comes back by itself, worse when one look does it', () => {
    assert.deepEqual(rules(...pair({ ...good, nopreempt: false })), ['hint vip-returns']);
    assert.deepEqual(rules(...pair({ check: 'interval 5' })), ['warning vip-returns']);
    assert.match(found('vip-returns', ...pair({ check: 'interval 5' }))?.why ?? '', /every 5 s/);
  });

  it('tells when there is nobody to move to, and of a long wait', () => {
    assert.deepEqual(rules(good), ['warning vip-alone']);
    assert.deepEqual(rules(...pair({ ...good, check: 'interval 10\n fall 3\n rise 2' })), [
      'hint vip-slow',
      'hint vip-slow',
    ]);
    assert.match(found('vip-slow', ...pair({ ...good, more: 'advert_int 6' }))?.what ?? '', /wait 18 s/);
  });

  it('tells of priorities and states that nobody meant', () => {
    assert.deepEqual(rules(good, good), ['warning vrrp-same-priority']);
    assert.ok(found('vrrp-master-not-highest', ...pair(good, { state: 'MASTER', nopreempt: false })));
    assert.ok(
      found(
        'vrrp-nopreempt-ignored',
        { ...good, state: 'MASTER', priority: 254 },
        { ...good, priority: 253 },
      ),
    );
    assert.equal(
      found('vrrp-master-not-highest', { priority: 254, state: 'MASTER' }, { priority: 253 }),
      undefined,
    );
  });

  it('tells when hosts would not hear each other', () => {
    const differ: Readonly<Record<string, Written>> = {
      advert_int: { more: 'advert_int 2' },
      auth_pass: { more: 'authentication {\n auth_type PASS\n auth_pass x\n }' },
      unicast_peer: { more: 'unicast_peer {\n 192.0.2.11\n }' },
      virtual_ipaddress: { vip: '192.0.2.200/24\n 192.0.2.201/24' },
    };
    for (const [keyword, second] of Object.entries(differ)) {
      const finding = found('vrrp-disagree', ...pair(good, second));
      assert.match(finding?.what ?? '', new RegExp(`^${keyword} differs`));
      assert.deepEqual([finding?.severity, finding?.hosts], ['error', ['a', 'b']]);
    }
  });

  it('compares as much of a password as counts, and tells no password', () => {
    const auth = (word: string) => ({ more: `authentication {\n auth_pass ${word}\n }` });
    const findings = judge(...pair({ ...good, ...auth('12345678') }, auth('12345678-and-more')));
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['auth-pass-long'],
    );
    assert.doesNotMatch(
      JSON.stringify(judge(...pair({ ...good, ...auth('topsecre') }, auth('other')))),
      /topsecre|other"/,
    );
  });

  it('tells of two routers with one id, or one address', () => {
    const elsewhere = { routerId: 51, vip: '192.0.2.210/24' };
    const twice = found('vrrp-router-id-twice', good, { ...good, ...elsewhere });
    assert.deepEqual([twice?.severity, twice?.hosts], ['error', ['a', 'b']]);
    const far = found('vrrp-router-id-twice', good, { ...good, vip: '198.51.100.9/24' });
    assert.equal(far?.severity, 'hint');
    assert.equal(found('vip-held-twice', ...pair(good, { routerId: 52 }))?.severity, 'error');
  });

  it('tells of one name for two hosts, and of scripts without security', () => {
    assert.equal(found('router-id-same', { ...good, globals: 'router_id x' }, good), undefined);
    const sites = [site('a', good), { ...site('b', good), routerName: 'a' }];
    assert.ok(judgeVrrp(sites).some(({ rule }) => rule === 'router-id-same'));
    assert.ok(found('script-security', ...pair({ ...good, globals: '' })));
  });
});
