import assert from 'node:assert/strict';
import { compareVersions, plainVersion } from '../../../../roles/domain/rabbitmq/rules/versions.ts';
import type { Flags } from '../../../../roles/operations/rabbit-upgrade/flags.ts';
import { unready } from '../../../../roles/operations/rabbit-upgrade/gate.ts';
import { chosen } from '../../../../roles/operations/rabbit-upgrade/packages.ts';
import { pathProblem } from '../../../../roles/operations/rabbit-upgrade/path.ts';

describe('the way from one version to another', () => {
  const open = [
    ['3.10.8', '3.10.25'],
    ['3.8.35', '3.9.29'],
    ['3.10.8', '3.11.28'],
    ['3.11.18', '3.12.14'],
    ['3.12.0', '3.13.7'],
    ['3.13.7', '4.0.9'],
    ['3.13.7', '4.2.1'],
    ['4.0.5', '4.1.8'],
    ['4.1.8', '4.2.5'],
    ['4.2.5', '4.3.0'],
    ['1:3.10.8-1.1+deb12u1', '3.11.0-1'],
  ] as const;
  for (const [from, to] of open) {
    it(`is open from ${from} to ${to}`, () => assert.equal(pathProblem(from, to), undefined));
  }

  const closed = [
    ['3.10.8', '3.12.14', /upgrade to 3\.11\.18 first/],
    ['3.11.5', '3.12.14', /upgrade to 3\.11\.18 first/],
    ['3.10.8', '3.13.7', /upgrade to 3\.11\.18, then 3\.12 first/],
    ['3.10.8', '4.0.5', /upgrade to 3\.11\.18, then 3\.12, then 3\.13 first/],
    ['3.12.14', '4.2.0', /upgrade to 3\.13 first/],
    ['3.13.7', '4.3.0', /upgrade to 4\.2 first/],
    ['4.0.5', '3.13.7', /no way back/],
    ['4.2.0', '9.1.0', /not known/],
    ['3.6.16', '3.8.0', /upgrade to|no known way/],
  ] as const;
  for (const [from, to, why] of closed) {
    it(`is closed from ${from} to ${to}, and another is told`, () =>
      assert.match(pathProblem(from, to) ?? 'open', why));
  }

  it('compares numbers, not texts', () => {
    assert.ok(compareVersions('3.9.1', '3.10.0') < 0);
    assert.ok(compareVersions('3.11.18', '3.11.5') > 0);
    assert.equal(compareVersions('4.0', '4.0.0'), 0);
    assert.equal(plainVersion('3.12.14-1~bpo12+1'), '3.12.14');
  });
});

describe('what is to be installed', () => {
  const offer = { installed: '3.10.8-1.1', available: ['3.10.25-1', '3.10.8-1.1', '3.1.0-1'] };

  it('is the newest, or the newest package of a version', () => {
    assert.equal(chosen(offer, undefined), '3.10.25-1');
    assert.equal(chosen(offer, '3.10.25'), '3.10.25-1');
    assert.equal(chosen(offer, '3.10.25-1'), '3.10.25-1');
  });

  it('is nothing new where it is there', () => {
    assert.equal(chosen(offer, '3.10.8'), '3.10.8-1.1');
    assert.equal(chosen({ installed: '3.10.8-1.1', available: [] }, undefined), '3.10.8-1.1');
  });

  it('is nothing at all where nobody has it', () => {
    assert.equal(chosen(offer, '3.10'), undefined);
    assert.equal(chosen(offer, '3.12.1'), undefined);
  });
});

describe('a cluster that is not ready for its next version', () => {
  const ready: Flags = { disabled: [], versions: ['3.13.7'], khepri: false, mirrored: [] };

  it('is told apart from one that is', () => assert.deepEqual(unready(ready, '4.0.5'), []));

  it('lacks feature flags', () => {
    assert.match(
      unready({ ...ready, disabled: ['stream_queue'] }, '4.0.5').join(),
      /stream_queue.*enable_feature_flag all/,
    );
    assert.deepEqual(unready({ ...ready, disabled: ['new'], versions: ['3.13.7', '4.0.5'] }, '4.0.5'), []);
  });

  it('has mirrored queues, or Khepri of 3.13, before 4.0 only', () => {
    const old = { ...ready, mirrored: ['orders'], khepri: true };
    assert.equal(unready(old, '4.0.5').length, 2);
    assert.deepEqual(unready(old, '3.13.8'), []);
    assert.deepEqual(unready({ ...old, versions: ['4.0.5'] }, '4.1.0'), []);
  });
});
