import assert from 'node:assert/strict';
import { parseHierarchy } from '../../lib/lab/cgroup.ts';
import { missingPackages } from '../../lib/lab/machine.ts';

describe('lab machine', () => {
  it('lacks nothing when all programs are there', () => {
    assert.deepEqual(
      missingPackages(() => true, true),
      [],
    );
  });

  it('lacks the packages of the programs that are not', () => {
    const here = new Set(['ssh', 'nsenter', 'flock', 'ip']);
    assert.deepEqual(
      missingPackages((program) => here.has(program), true),
      ['systemd-container', 'mmdebstrap'],
    );
  });

  it('names a package once, and Debian its keys', () => {
    const here = new Set(['ssh', 'ip', 'systemd-nspawn', 'mmdebstrap']);
    assert.deepEqual(
      missingPackages((program) => here.has(program), false),
      ['util-linux', 'debian-archive-keyring'],
    );
  });

  it('has its unified hierarchy in one place or another', () => {
    assert.equal(
      parseHierarchy('cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\nproc /proc proc rw 0 0\n'),
      '/sys/fs/cgroup',
    );
    const hybrid =
      'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n';
    assert.equal(parseHierarchy(hybrid), '/sys/fs/cgroup/unified');
    assert.equal(parseHierarchy('cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n'), undefined);
  });
});
