import assert from 'node:assert/strict';
import {
  checkLabName,
  hardwareAddress,
  hostAddress,
  hostName,
  hostNames,
  hostsFile,
  labAddress,
  parseHostCount,
} from '../../lib/lab/names.ts';

describe('lab names', () => {
  it('number hosts and give them addresses', () => {
    assert.deepEqual(hostNames(3), ['hadoop001', 'hadoop002', 'hadoop003']);
    assert.equal(hostAddress('hadoop001'), '192.0.2.11');
    assert.equal(hostAddress(hostName(99)), '192.0.2.109');
  });

  it('have no address for a name that is not a lab host', () => {
    for (const name of ['hadoop000', 'hadoop100', 'hadoop1', 'web001', 'hadoop001.example.com', '']) {
      assert.equal(hostAddress(name), undefined, name);
    }
  });

  it('accept names and addresses of the lab, and nothing outside of it', () => {
    assert.equal(labAddress('hadoop002'), '192.0.2.12');
    assert.equal(labAddress('192.0.2.200'), '192.0.2.200');
    for (const host of ['192.0.2.255', '192.0.2.0', '192.0.3.1', '10.0.0.1', 'example.com', '192.0.2.1.5']) {
      assert.equal(labAddress(host), undefined, host);
    }
  });

  it('give every host a MAC address of its own', () => {
    const machines = ['controller', ...hostNames(99)];
    assert.equal(new Set(machines.map(hardwareAddress)).size, machines.length);
    assert.equal(hardwareAddress('hadoop001'), '02:00:c0:00:02:0b');
  });

  it('list more hosts in /etc/hosts than are up, and none with a 127.x address', () => {
    const lines = hostsFile(2).split('\n');
    assert.ok(lines.includes('192.0.2.19 hadoop009'));
    assert.ok(!lines.some((line) => line.startsWith('192.0.2.20 ')));
    assert.ok(hostsFile(12).includes('192.0.2.22 hadoop012\n'));
    assert.deepEqual(
      lines.filter((line) => line.startsWith('127.')),
      ['127.0.0.1 localhost'],
    );
  });

  it('refuse invalid lab names', () => {
    assert.equal(checkLabName('my-lab2'), 'my-lab2');
    for (const name of ['', '../etc', 'Lab', '-x', '2lab', 'a b', 'a'.repeat(31)]) {
      assert.throws(() => checkLabName(name), { name: 'PlayError', kind: 'input' }, name);
    }
  });

  it('refuse an invalid number of hosts', () => {
    assert.equal(parseHostCount('5'), 5);
    for (const text of ['0', '100', '-1', '3.5', 'three', '', '1e1']) {
      assert.throws(() => parseHostCount(text), { name: 'PlayError', kind: 'input' }, text);
    }
  });
});
