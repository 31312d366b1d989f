import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../lib/util/package.ts';
import { lintKeepalivedFiles } from '../../../../roles/keepalived-build/lint-files.ts';
import { judgeCheckScript } from '../../../../roles/keepalived-build/vrrp/check-script.ts';
import { config, site, type Written } from './configs.ts';

const tutorial = readFileSync(join(packageRoot, 'spec/lint/fixtures/tutorial/haproxy_check.sh'), 'utf8');

function judge(text: string, check = 'interval 5') {
  const watch = site('a', { check }).instances[0]?.watches[0];
  assert.ok(watch);
  return judgeCheckScript(text, watch, (line) => ({ hosts: ['a'], where: { line } }));
}

const brief = (text: string, check?: string) =>
  judge(text, check).map(({ severity, rule, where }) => `${severity} ${rule} ${where.line}`);

describe('the judge of check scripts', () => {
  it("finds what is wrong with the tutorial's", () => {
    assert.deepEqual(brief(tutorial), [
      'error check-script-broken 4',
      'hint check-script-starts-proxy 6',
      'warning check-script-stops-keepalived 14',
    ]);
  });

  it('is right about it: bash gets to neither of its commands', () => {
    const stand = 'haproxy() { echo started; }; systemctl() { echo stopped; }; sleep() { :; }\n';
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `${stand}${tutorial}`], { encoding: 'utf8' });
    assert.match(stderr, /bad substitution/);
    assert.equal(stdout, '');
    assert.notEqual(status, 0);
  });

  it('has nothing against one that only looks, nor against comments', () => {
    assert.deepEqual(
      brief(`#!/bin/sh\n# systemctl stop keepalived\ntest "$(pidof haproxy)" # \${ps x}\n`),
      [],
    );
    assert.deepEqual(brief(`[ -n "\${x:-a b}" ]\nsleep 1\n`), []);
  });

  it('tells when it sleeps longer than it is let', () => {
    assert.deepEqual(brief('sleep 3; sleep 2\n'), ['error check-script-too-slow 1']);
    assert.deepEqual(brief('sleep 3\n', 'interval 5\n timeout 2'), ['error check-script-too-slow 1']);
  });
});

describe("hosts' own files", () => {
  const weights: readonly Written[] = [
    { priority: 100, check: 'weight 10\n interval 2\n fall 2\n rise 2' },
    { priority: 50, check: 'weight 10\n interval 2\n fall 2\n rise 2' },
  ];
  const lint = (script: string | undefined, written = weights, names = ['a', 'b']) => {
    const texts = new Map(
      written.map((each, index) => [`/k/${index}.conf`, config(names[index] ?? '', each)]),
    );
    if (script !== undefined) texts.set('/k/check.sh', script);
    return lintKeepalivedFiles(
      [...texts.keys()].filter((file) => file.endsWith('.conf')),
      async (file) => {
        const text = texts.get(file);
        if (text === undefined) throw new Error(`no ${file}`);
        return text;
      },
    );
  };
  const rulesOf = async (...args: Parameters<typeof lint>) =>
    (await lint(...args)).map(({ severity, rule }) => `${severity} ${rule}`);

  it('are taken at their word about a script that is not there', async () => {
    assert.deepEqual(await rulesOf(undefined), [
      'error vip-never-moves',
      'hint vip-returns',
      'hint check-script-not-read',
      'hint check-script-not-read',
    ]);
  });

  it('count a script that stops Keepalived as what moves the address, unless it is broken', async () => {
    const stops = 'pidof haproxy || systemctl stop keepalived\n';
    assert.ok(!(await rulesOf(stops)).includes('error vip-never-moves'));
    assert.ok((await rulesOf(stops)).includes('warning check-script-stops-keepalived'));
    assert.ok((await rulesOf(`[ \${ps x} ]\n${stops}`)).includes('error vip-never-moves'));
  });

  it('are called by their files where they have one name', async () => {
    const findings = await lint('exit 0\n', weights, ['same', 'same']);
    const moves = findings.find(({ rule }) => rule === 'vip-never-moves');
    assert.deepEqual(moves?.hosts, ['/k/0.conf', '/k/1.conf']);
    assert.ok(findings.some(({ rule }) => rule === 'router-id-same'));
  });

  it('say what was not followed', async () => {
    const more = 'include /etc/keepalived/auth.conf';
    assert.ok((await rulesOf('exit 0\n', [{ ...weights[0], more }])).includes('hint keepalived-not-read'));
  });
});
