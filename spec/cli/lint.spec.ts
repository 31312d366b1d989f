import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Finding } from '../../lib/model/finding.ts';
import { packageRoot } from '../../lib/util/package.ts';
import { Workplace } from './command.ts';

const site = (vars: string) => `all:
  children:
    brokers:
      vars: { rabbit_admin_password: not-for-the-screen, ${vars} }
      hosts: { mq1: , mq2: , mq3: }
`;

const PLAYBOOK = `import { definePlaybook } from 'ts-play';
import { rabbitJoin } from 'ts-play/roles/rabbit-join';
export default definePlaybook({ plays: [{ name: 'brokers', hosts: 'brokers', roles: [rabbitJoin()] }] });
`;

describe('ts-play lint', function () {
  this.timeout(60_000);
  const place = new Workplace();
  before(() =>
    place.write({
      'site.ts': PLAYBOOK,
      'good.yml': site('rabbit_guest: remove'),
      'fair.yml': site('rabbit_guest: keep'),
      'bad.yml': site('rabbit_admin_user: guest'),
      'broken.conf': 'vrrp_instance x {\n  priority 1\n',
      'none.conf': 'global_defs {\n}\n',
    }),
  );
  after(() => place.dispose());
  const seed = (name: string) => join(packageRoot, 'spec/lint/fixtures/tutorial', name);

  it('ends with 0 when there is nothing, and when there are warnings alone', async () => {
    const good = await place.run('lint', 'site.ts', '-i', 'good.yml');
    assert.deepEqual([good.code, good.stderr], [0, '']);
    assert.match(good.stdout, /^no findings/);
    const fair = await place.run('lint', 'site.ts', '-i', 'fair.yml');
    assert.equal(fair.code, 0);
    assert.match(
      fair.stdout,
      /^warning the user guest stays \[guest-left\]\n {2}at: fair\.yml:4:\d+ · rabbit_guest/,
    );
    assert.match(fair.stdout, /\n0 errors, 1 warning, 0 hints\n$/);
  });

  it('ends with 2 when something is wrong, in one line of json too', async () => {
    const { code, stdout, stderr } = await place.run(
      ...['lint', 'site.ts', '-i', 'bad.yml', '--output', 'json'],
    );
    assert.deepEqual([code, stderr], [2, '']);
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    const told = JSON.parse(stdout) as { readonly type: string; readonly findings: readonly Finding[] };
    assert.deepEqual(Object.keys(told), ['type', 'findings']);
    assert.equal(told.type, 'lint');
    const [only, ...rest] = told.findings;
    assert.deepEqual(rest, []);
    assert.deepEqual(Object.keys(only ?? {}).toSorted(), [
      ...['hosts', 'next', 'rule', 'severity', 'variable', 'what', 'where', 'why'],
    ]);
    assert.doesNotMatch(stdout, /not-for-the-screen/);
  });

  it('takes -e and --limit', async () => {
    const extra = await place.run('lint', 'site.ts', '-i', 'bad.yml', '-e', 'rabbit_admin_user=root');
    assert.equal(extra.code, 0, extra.stdout);
    const limited = await place.run('lint', 'site.ts', '-i', 'bad.yml', '--limit', 'mq3');
    assert.equal(limited.code, 2, 'a finding of the whole cluster concerns each of its hosts');
  });

  it("says that the tutorial's VIP never moves when HAProxy dies, from its files alone", async () => {
    const { code, stdout, stderr } = await place.run(
      ...['lint', '--keepalived', seed('hadoop001.conf'), '--keepalived', seed('hadoop002.conf')],
    );
    assert.deepEqual([code, stderr], [2, '']);
    assert.match(
      stdout,
      /^error the VIP 192\.168\.0\.200 never moves when HAProxy dies on node1 \[vip-never-moves\]\n.*hadoop001\.conf:23:5 .*\n.*node1 announces 100, node2 50 \+ 10 = 60;/,
    );
    assert.match(stdout, /error .*bad substitution.*\[check-script-broken\]\n.*haproxy_check\.sh:4 /);
    assert.match(stdout, /warning the check stops Keepalived itself/);
  });

  it('ends with 1 for mistakes of input, and says what to type', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /nothing to judge[\s\S]*ts-play lint site\.ts -i/],
      [['site.ts'], /no inventory given[\s\S]*ts-play lint site\.ts -i/],
      [['siet.ts', '-i', 'good.yml'], /did you mean site\.ts/],
      [['site.ts', '-i', 'nope.yml'], /nope\.yml/],
      [['--keepalived', 'broken.conf'], /block vrrp_instance is not closed\n.*broken\.conf:1:1/],
      [['--keepalived', 'none.conf'], /has no vrrp_instance/],
      [['--keepalived', 'nope.conf'], /nope\.conf can't be read/],
      [['--output', 'xml', 'site.ts'], /plain, json/],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await place.run('lint', ...args);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, words);
    }
    const { stdout } = await place.run('lint', '--output', 'json', 'site.ts');
    assert.equal((JSON.parse(stdout) as { readonly type: string }).type, 'error');
  });
});
