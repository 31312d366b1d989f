import assert from 'node:assert/strict';
import { haproxyBuild } from '../../../roles/haproxy-build/index.ts';
import { keepalivedBuild } from '../../../roles/keepalived-build/index.ts';
import { brief, lintPlays } from '../../lint/support.ts';

const inventory = (vars: string, first = '', second = '') => `all:
  children:
    brokers: { hosts: { mq1: , mq2: , mq3: } }
    proxies:
      vars:
        keepalived_source: https://192.0.2.1/k.tar.gz
        keepalived_sha256: ${'a'.repeat(64)}
        keepalived_auth_pass: topsecre
        haproxy_source: https://192.0.2.1/h.tar.gz
        haproxy_sha256: ${'a'.repeat(64)}
        haproxy_stats_password: a-long-enough-one
        keepalived_vips: [192.0.2.200/24]
        ${vars}
      hosts:
        one: { ansible_host: 192.0.2.11, ${first} }
        two: { ansible_host: 192.0.2.12, ${second} }
`;
const LINE = 13;
const proxies = { name: 'proxies', hosts: 'proxies', roles: [keepalivedBuild()] };
const lint = (...args: Parameters<typeof inventory>) => lintPlays([proxies], inventory(...args));

describe('the design of keepalived-build', () => {
  it('is sound by default', async () => {
    assert.deepEqual(await lint('x: 1'), []);
    assert.deepEqual(await lint('keepalived_unicast: true'), []);
  });

  it('is judged by what would be written, with the place of the variable behind it', async () => {
    const findings = await lint(
      'keepalived_preempt: true',
      'keepalived_priority: 200',
      'keepalived_priority: 90',
    );
    assert.deepEqual(brief(findings), [`hint vip-returns ${LINE + 2}`]);
    assert.deepEqual([findings[0]?.variable, findings[0]?.where.column], ['keepalived_priority', 42]);
    assert.deepEqual(brief(await lint('keepalived_check_interval: 10')), [`hint vip-slow ${LINE}`]);
  });

  it('has the virtual addresses in a network of the proxies', async () => {
    const moved = inventory('x: 1').replace('192.0.2.200/24', '198.51.100.200/24');
    const [finding, ...rest] = await lintPlays([proxies], moved);
    assert.deepEqual(
      [finding?.severity, finding?.rule, finding?.where.line, finding?.hosts, rest],
      ['warning', 'vip-outside-subnet', 12, ['one', 'two'], []],
    );
    const own = moved.replace('x: 1', 'keepalived_interface: eth7');
    assert.deepEqual(brief(await lintPlays([proxies], own)), ['hint vip-outside-subnet 12']);
  });

  const second = (fields: string) =>
    `keepalived_instances: [{ name: second, virtual_router_id: 52, ${fields} }]`;

  it('is simulated for every group of addresses', async () => {
    assert.deepEqual(await lint(second('vips: [192.0.2.201/24]')), []);
    const findings = await lint(`keepalived_preempt: true\n        ${second('vips: [192.0.2.201/24]')}`);
    assert.deepEqual(
      findings.map(({ rule, what, variable, where }) => [
        rule,
        what.split(' as soon')[0],
        variable,
        where.line,
      ]),
      [
        ['vip-returns', 'the VIP 192.0.2.201 goes back to two', 'keepalived_instances', LINE + 1],
        ['vip-returns', 'the VIP 192.0.2.200 goes back to one', 'keepalived_priority', LINE + 3],
      ],
    );
    const preferred = await lint(
      `keepalived_preempt: true\n        ${second('vips: [192.0.2.201/24], prefer: one')}`,
    );
    assert.match(preferred[0]?.what ?? '', /192\.0\.2\.201 goes back to one/);
  });

  it('is judged for every group of addresses by what all have in common', async () => {
    const findings = await lint(`keepalived_check_interval: 10\n        ${second('vips: [192.0.2.201/24]')}`);
    assert.deepEqual(brief(findings), [`hint vip-slow ${LINE}`, `hint vip-slow ${LINE}`]);
    const alone = await lintPlays([{ ...proxies, hosts: 'one' }], inventory(second('vips: [192.0.2.201]')));
    assert.deepEqual(
      alone.map(({ rule, variable, where }) => [rule, variable, where.line]),
      [
        ['vip-alone', 'keepalived_vips', LINE - 1],
        ['vip-alone', 'keepalived_instances', LINE],
      ],
    );
  });

  it('has every group of addresses in a network of the proxies, with a router id of its own', async () => {
    const [finding, ...rest] = await lint(second('vips: [198.51.100.201/24]'));
    assert.deepEqual(
      [finding?.rule, finding?.variable, finding?.where.line, finding?.hosts, rest],
      ['vip-outside-subnet', 'keepalived_instances', LINE, ['one', 'two'], []],
    );
    const others = {
      name: 'others',
      hosts: 'others',
      roles: [
        keepalivedBuild({
          keepalived_vips: ['192.0.2.210/24'],
          keepalived_virtual_router_id: 52,
          keepalived_auth_pass: 'topsecre',
          keepalived_install: 'package',
        }),
      ],
    };
    const more = `${inventory(second('vips: [192.0.2.201/24]'))}    others:
      hosts:
        three: { ansible_host: 192.0.2.13 }
        four: { ansible_host: 192.0.2.14 }
`;
    const clash = await lintPlays([proxies, others], more);
    assert.deepEqual([...new Set(clash.map(({ rule }) => rule))], ['vrrp-router-id-twice']);
    assert.match(clash[0]?.what ?? '', /52 is used for 192\.0\.2\.201/);
  });

  it('does not share a router id with another group of addresses', async () => {
    const more =
      inventory('x: 1') +
      `    others:
      vars:
        keepalived_source: https://192.0.2.1/k.tar.gz
        keepalived_sha256: ${'a'.repeat(64)}
        keepalived_auth_pass: topsecre
        keepalived_vips: [192.0.2.210/24]
      hosts:
        three: { ansible_host: 192.0.2.13 }
        four: { ansible_host: 192.0.2.14 }
`;
    const others = { name: 'others', hosts: 'others', roles: [keepalivedBuild()] };
    const findings = await lintPlays([proxies, others], more);
    assert.deepEqual(
      [...new Set(findings.map(({ severity, rule }) => `${severity} ${rule}`))],
      ['error vrrp-router-id-twice'],
    );
    assert.doesNotMatch(JSON.stringify(findings), /topsecre/);
    assert.deepEqual(
      await lintPlays(
        [proxies, { ...others, roles: [keepalivedBuild({ keepalived_virtual_router_id: 52 })] }],
        more,
      ),
      [],
    );
  });

  it('has more than one host', async () => {
    const alone = { ...proxies, hosts: 'one' };
    assert.deepEqual(brief(await lintPlays([alone], inventory('x: 1'))), ['warning vip-alone 12']);
  });

  it('looks for HAProxy where that answers', async () => {
    const both = (given: Parameters<typeof haproxyBuild>[0]) => ({
      ...proxies,
      roles: [haproxyBuild(given), keepalivedBuild()],
    });
    assert.deepEqual(await lintPlays([both({})], inventory('haproxy_health_port: 9101')), []);
    assert.deepEqual(await lintPlays([both({ haproxy_health_port: 9101 })], inventory('x: 1')), []);
  });
});
