/** docs/benchmarks.md. */
export function page({ table, command, machine }) {
  return `# Benchmarks

Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. It boots its own labs, measures everything in one
run and removes the labs. Run the same command to measure another machine.

${table}

${machine.map((line) => `- ${line}`).join('\n')}

## How it is measured

- The job: a cluster of three brokers with a mirrored policy, and two HAProxy and two Keepalived that are built from
  source. ts-play runs [\`playbooks/site.ts\`](../playbooks/site.ts), Ansible runs
  [\`spec/bench/ansible\`](../spec/bench/ansible) with pipelining, ControlPersist, forks for all hosts, cached facts of the
  network only, the collection community.rabbitmq and the same compiler flags.
- The tools take turns, and each round begins with a different one. Times are medians, with their range in brackets. A ratio
  is the median of the ratios of all rounds, so that other load on the machine affects both tools.
- Times are wall-clock times of the whole command, including loading and connecting.
- First run: every run has new hosts, which have finished booting before the time starts. A check afterwards verifies the
  complete result.
- Converged: it is an error when a run changes anything. Each tool has a lab of its own.
- Floor: [\`spec/bench/floor.sh\`](../spec/bench/floor.sh), the probes of the roles in one handwritten script, run by
  three OpenSSH clients in parallel.
- Latency: \`ts-play lab delay 50\`; the time of the run after the connect, minus the same
  time at 0 ms. What is subtracted is the host's own work, which does not depend on the distance.
`;
}
