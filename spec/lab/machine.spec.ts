import assert from 'node:assert/strict';
import { parseHierarchy } from '../../lib/lab/cgroup.ts';
import { missingPackages } from '../../lib/lab/machine.ts';

describe('lab machine', () => {
  it('needs no package when all programs exist', () => {
    assert.deepEqual(
      missingPackages(() => true, true),
      [],
    );
  });

  it('needs the packages of the missing programs', () => {
    const here = new Set(['ssh', 'nsenter', 'flock', 'ip']);
    assert.deepEqual(
      missingPackages((program) => here.has(program), true),
      ['systemd-container', 'mmdebstrap'],
    );
  });

  it('lists a package once, and the one with Debian’s keys', () => {
    const here = new Set(['ssh', 'ip', 'systemd-nspawn', 'mmdebstrap']);
    assert.deepEqual(
      missingPackages((program) => here.has(program), false),
      ['util-linux', 'debian-archive-keyring'],
    );
  });

  it('finds the mount point of its unified hierarchy', () => {
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
