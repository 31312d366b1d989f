import assert from 'node:assert/strict';
import { judgeBecomeNames, judgeNames } from '../../lib/connection/known-vars.ts';
import type { Value, Vars } from '../../lib/inventory/inventory.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import type { PlayError } from '../../lib/util/errors.ts';
import { checkConnectionVars, host } from './host.ts';

describe('names of connection variables', () => {
  const mistake = (
    vars: Vars,
    judge: (given: ReturnType<typeof host>) => unknown = (each) => checkConnectionVars(each),
  ): PlayError => {
    try {
      judge(host(vars));
    } catch (error) {
      return error as PlayError;
    }
    assert.fail(`${Object.keys(vars).at(-1)} was accepted`);
  };

  for (const [name, meant] of [
    ['ansible_hots', 'ansible_host'],
    ['ansible_hst', 'ansible_host'],
    ['ansible_hosts', 'ansible_host'],
    ['ansible_usr', 'ansible_user'],
    ['ansible_prot', 'ansible_port'],
    ['ansible_pasword', 'ansible_password'],
    ['ansible_become_usr', 'ansible_become_user'],
    ['ansible_becom', 'ansible_become'],
    ['ansible_conection', 'ansible_connection'],
    ['ansible_ssh_privat_key_file', 'ansible_ssh_private_key_file'],
    ['ansible_ssh_common_arg', 'ansible_ssh_common_args'],
    ['ansible_become_passwd', 'ansible_become_password'],
    ['ansbile_host', 'ansible_host'],
    ['Ansible_host', 'ansible_host'],
    ['anisble_user', 'ansible_user'],
    ['ansible-host', 'ansible_host'],
  ] as const) {
    it(`misspelt as ${name} are refused`, () => {
      const { kind, what, next, where } = mistake({ ansible_connection: 'ssh', [name]: 'x' });
      assert.equal(kind, 'input');
      assert.equal(what, `unknown connection variable ${name}`);
      assert.equal(next, `did you mean "${meant}"?`);
      assert.deepEqual(where, { host: 'web1', file: 'hosts.yml', line: 2 });
    });
  }

  it('misspelt are refused also when the value is a template', () => {
    const inventory = parseInventory('all: { hosts: { h: { ansible_hots: "{{ ip }}" } } }', 'hosts.yml');
    for (const each of inventory.hosts.values())
      assert.throws(() => checkConnectionVars(each), /unknown connection variable ansible_hots/);
  });

  for (const name of [
    'ansible_private_key',
    'ansible_remote_user',
    'ansible_username',
    'ansible_pass',
    'ansible_ssh_key_file',
    'ansible_paramiko_password',
    'ansible_ssh_pkcs11_provider',
  ]) {
    it(`that are not supported are refused: ${name}`, () => {
      const { what, next, where } = mistake({ ansible_connection: 'ssh', [name]: 'x' });
      assert.equal(what, `${name} is not supported`);
      assert.ok(next);
      assert.equal(where.line, 2);
      assert.deepEqual(judgeNames(host({ [name]: '' })), []);
    });
  }

  for (const name of [
    'ansible_become_password',
    'ansible_become_pass',
    'ansible_sudo_pass',
    'ansible_become_exe',
  ]) {
    it(`that are unsupported only with become are refused with become: ${name}`, () => {
      assert.deepEqual(judgeNames(host({ [name]: 'x' })), []);
      const { what, where } = mistake({ ansible_user: 'x', [name]: 'hunter2' }, judgeBecomeNames);
      assert.equal(what, `${name} is not supported`);
      assert.equal(where.line, 2);
    });
  }

  it('that have no effect cause a warning with their place', () => {
    assert.deepEqual(judgeNames(host({ ansible_ssh_executable: '/opt/ssh' })), [
      'ansible_ssh_executable (hosts.yml:1) has no effect: ts-play has an SSH client of its own',
    ]);
    assert.deepEqual(
      judgeNames(host({ ansible_ssh_executable: '/usr/bin/ssh', ansible_shell_type: 'sh' })),
      [],
    );
    assert.match(judgeNames(host({ ansible_become_flags: '-E' })).join(), /sudo is run with -n -H/);
    assert.deepEqual(judgeNames(host({ ansible_become_flags: '-H -S -n' })), []);
  });

  it('do not include facts, variables of other tools, and lists', () => {
    const facts =
      'all_ipv4_addresses apparmor architecture bios_date board_name br0 check_mode chassis_vendor cmdline config_file date_time default_ipv4 devices diff_mode distribution dns docker0 domain effective_user_id env eth0 ens3 facts fips forks form_factor fqdn home hostname hostnqn interfaces inventory_sources is_chroot iscsi_iqn kernel limit lo loadavg local loop lsb lvm machine machine_id memory_mb memtotal_mb mounts network_os nodename os_family pipelining pkg_mgr play_hosts play_name processor product_name python python_interpreter perl_interpreter real_user_id remote_tmp role_name run_tags search_path selinux service_mgr shell_executable skip_tags ssh_host_key_rsa_public ssh_pipelining ssh_retries ssh_transfer_method ssh_use_tty scp_if_ssh sftp_batch_mode control_path swaptotal_mb system uptime_seconds user_dir user_gecos user_gid user_id user_shell user_uid userspace_bits verbosity version virtualization_type winrm_transport psrp_auth wlan0';
    const vars: Record<string, Value> = Object.fromEntries(
      facts.split(' ').map((name) => [`ansible_${name}`, 'x']),
    );
    assert.deepEqual(
      judgeNames(
        host({
          ...vars,
          ansible_users: ['ann', 'bob'],
          ansible_ports: { web: 80 },
          terraform_host: 'x',
          ansible_role_path: 'x',
          user: 'x',
          hots: 'x',
        }),
      ),
      [],
    );
  });
});
