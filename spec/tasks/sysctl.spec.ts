import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { sysctl } from '../../lib/tasks/sysctl.ts';
import { converge, inEveryShell, look, whats } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe('sysctl', () => {
  const range = sysctl({ name: 'net.ipv4.ip_local_port_range', value: '1024  65000' });

  it('compares both values, whatever the white space', () => {
    const kept = 'net.ipv4.ip_local_port_range=1024 65000';
    assert.deepEqual(range.assess(reply(`running: 1024\t65000\npersisted: ${kept}`), []).changes, []);
    assert.deepEqual(range.assess(reply('running: 1\t2\npersisted: absent'), []).changes, [
      { what: 'running value', from: '1 2', to: '1024 65000' },
      { what: 'persisted value', from: 'absent', to: '1024 65000' },
    ]);
    const late = '# x = 1\nnet/ipv4/ip_local_port_range = 1024 65000\nnet.ipv4.ip_local_port_range = 7';
    assert.deepEqual(range.assess(reply(`running: 1024 65000\npersisted: ${late}`), []).changes, [
      { what: 'persisted value', from: '7', to: '1024 65000' },
    ]);
  });

  it('leaves the file alone when not to persist', () => {
    const task = sysctl({ name: 'vm.swappiness', value: 10, persist: false });
    assert.deepEqual(task.assess(reply('running: 10\npersisted: absent'), []).changes, []);
    assert.deepEqual(task.claims, { 'sysctl vm.swappiness': '10' });
  });

  it('claims the setting and its file', () => {
    assert.deepEqual(Object.keys(sysctl({ name: 'vm.swappiness', value: 10 }).claims), [
      'sysctl vm.swappiness',
      'file /etc/sysctl.d/60-ts-play-vm.swappiness.conf',
    ]);
  });

  it('reads names with slashes as sysctl does', () => {
    const task = sysctl({ name: 'net/ipv4/conf/eth0.1/rp_filter', value: 1 });
    assert.match(String(task.probe.script), /\/proc\/sys\/net\/ipv4\/conf\/eth0\.1\/rp_filter /);
    assert.match(
      String(sysctl({ name: 'net.ipv4.conf.eth0/1.rp_filter', value: 1 }).probe.script),
      /conf\/eth0\.1\/rp/,
    );
    assert.deepEqual(Object.keys(task.claims)[0], 'sysctl net.ipv4.conf.eth0/1.rp_filter');
  });

  it('says when there is no such setting, or no such name', () => {
    assert.throws(
      () => range.assess(reply('running: absent\npersisted: absent'), []),
      /no setting net\.ipv4/,
    );
    assert.throws(() => range.assess(reply(''), []), /no answer/);
    for (const name of ['', '../../etc/passwd', 'a..b', '/a', '-w', 'a b', 'a;b', 'vm.']) {
      assert.throws(() => sysctl({ name, value: 1 }), /not the name of a kernel setting/, name);
    }
    assert.throws(() => sysctl({ name: 'a.b', value: ' ' }), /needs a value/);
  });
});

inEveryShell('sysctl', (box) => {
  it('sets and keeps a value', async () => {
    box().rebase('/proc/sys', '/etc/sysctl.d');
    mkdirSync(box().path('proc/sys/vm'), { recursive: true });
    mkdirSync(box().path('etc/sysctl.d'), { recursive: true });
    writeFileSync(box().path('proc/sys/vm/swappiness'), '60\n');
    const task = sysctl({ name: 'vm.swappiness', value: 10 });
    assert.deepEqual(whats((await converge(box(), task)).changes), ['running value', 'persisted value']);
    assert.equal(readFileSync(box().path('proc/sys/vm/swappiness'), 'utf8'), '10\n');
    assert.equal(
      readFileSync(box().path('etc/sysctl.d/60-ts-play-vm.swappiness.conf'), 'utf8'),
      'vm.swappiness = 10\n',
    );
    assert.deepEqual((await converge(box(), task)).changes, []);
    await assert.rejects(look(box(), sysctl({ name: 'vm.nothing', value: 1 })), /no setting/);
  });

  it('passes hostile values as they are', async () => {
    box().rebase('/proc/sys', '/etc/sysctl.d');
    mkdirSync(box().path('proc/sys/kernel'), { recursive: true });
    mkdirSync(box().path('etc/sysctl.d'), { recursive: true });
    for (const value of ['|/bin/core %p %e', `$(x) \`y\` "z" it's \\n`, '-n']) {
      writeFileSync(box().path('proc/sys/kernel/core_pattern'), 'core\n');
      await converge(box(), sysctl({ name: 'kernel.core_pattern', value }));
      assert.equal(readFileSync(box().path('proc/sys/kernel/core_pattern'), 'utf8'), `${value}\n`);
    }
  });
});
