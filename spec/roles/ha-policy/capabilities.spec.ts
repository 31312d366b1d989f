import assert from 'node:assert/strict';
import {
  type Capability,
  can,
  reaches,
  takesKey,
  takesOperatorKey,
} from '../../../roles/ha-policy/capabilities.ts';

const VERSIONS = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '4.0', '4.1', '4.2'] as const;

/** One mark a version, as in {@link VERSIONS}. */
const rows = (has: (version: string) => boolean) =>
  VERSIONS.map((version) => (has(`${version}.3`) ? 'x' : '.')).join('');

describe('what versions can do', () => {
  const capabilities: Readonly<Record<Capability, string>> = {
    mirrors: 'xxxxxx...',
    applyToTypes: '....xxxxx',
    defaultQueueType: '....xxxxx',
    noDeliveryLimit: '......xxx',
  };
  for (const [capability, marks] of Object.entries(capabilities)) {
    it(capability, () => {
      assert.equal(
        rows((version) => can(version, capability as Capability)),
        marks,
      );
    });
  }

  it('counts by numbers, not by letters, and a pre-release as its release', () => {
    assert.equal(reaches('3.9.0', 'queue-leader-locator', 'quorum'), false);
    assert.equal(reaches('3.10.0-rc.1', 'queue-leader-locator', 'quorum'), true);
    assert.equal(can('4.0.0-beta.5', 'mirrors'), false);
    assert.equal(can('10.0.1', 'mirrors'), false);
  });
});

describe('keys of a policy', () => {
  const keys: readonly (readonly [key: string, taken: string, classic: string, quorum: string])[] = [
    ['ha-mode', 'xxxxxx...', 'xxxxxxxxx', '.........'],
    ['queue-master-locator', 'xxxxxxxxx', 'xxxxxxxxx', '.........'],
    ['queue-leader-locator', '.xxxxxxxx', '......xxx', '..xxxxxxx'],
    ['target-group-size', '.....xxxx', '.........', 'xxxxxxxxx'],
    ['delivery-limit', 'xxxxxxxxx', '.........', 'xxxxxxxxx'],
    ['message-ttl', 'xxxxxxxxx', 'xxxxxxxxx', '..xxxxxxx'],
    ['overflow', 'xxxxxxxxx', 'xxxxxxxxx', 'xxxxxxxxx'],
    ['federation-upstream-set', 'xxxxxxxxx', 'xxxxxxxxx', 'xxxxxxxxx'],
  ];
  for (const [key, taken, classic, quorum] of keys) {
    it(`${key}: where it is taken, and which queues it reaches`, () => {
      assert.equal(
        rows((version) => takesKey(version, key)),
        taken,
      );
      assert.equal(
        rows((version) => reaches(version, key, 'classic')),
        classic,
      );
      assert.equal(
        rows((version) => reaches(version, key, 'quorum')),
        quorum,
      );
    });
  }

  it('of an operator policy are fewer', () => {
    assert.equal(
      rows((version) => takesOperatorKey(version, 'max-length')),
      'xxxxxxxxx',
    );
    assert.equal(
      rows((version) => takesOperatorKey(version, 'target-group-size')),
      '.....xxxx',
    );
    assert.equal(
      rows((version) => takesOperatorKey(version, 'queue-leader-locator')),
      '.........',
    );
  });
});
