import { names } from './lab.mjs';

/**
 * Looks at the hosts themselves: the whole job must stand, whoever did it. A fast run that left something out
 * would prove nothing.
 */
export async function assertStanding(lab) {
  const tell = async (question) =>
    JSON.parse((await lab.exec('hadoop001', `rabbitmqctl -q ${question} --formatter json`)).stdout);
  const cluster = await tell('cluster_status');
  const policies = await tell('list_policies');
  const proxies = await Promise.all(['hadoop001', 'hadoop002'].map((host) => lab.exec(host, asked)));
  const answers = proxies.map(({ stdout: text }) => text.trim().split(' '));
  const faults = [
    cluster.running_nodes.length === names.length || 'not all three brokers run in one cluster',
    cluster.ram_nodes.join() === 'rabbit@hadoop002' || 'hadoop002 is not the one ram node',
    policies.some(({ name }) => name === 'ha-all') || 'there is no policy ha-all',
    answers.every(([haproxy, keepalived]) => haproxy === 'active' && keepalived === 'active') ||
      'a proxy does not run',
    answers.filter(([, , vip]) => vip === '1').length === 1 ||
      'the virtual address is not on exactly one host',
  ].filter((fault) => fault !== true);
  if (faults.length > 0) throw new Error(`lab ${lab.name}: ${faults.join('; ')}`);
}

// Keepalived takes its address a few seconds after it starts: that is waited for here and counts in no run.
const asked = `sleep 6; echo $(systemctl is-active haproxy keepalived) $(ip -4 -o addr | grep -c 192.0.2.200)`;
