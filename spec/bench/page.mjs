/** docs/benchmarks.md. */
export function page({ table, command, machine }) {
  return `# Benchmarks

Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. It boots labs of its own, measures everything in one run and takes
them down again; numbers of another machine are one command away.

${table}

${machine.map((line) => `- ${line}`).join('\n')}

## How it is measured

- The job is the main one: three brokers in a cluster with a mirrored policy, two HAProxy and two Keepalived built from
  source. ts-play runs [\`playbooks/site.ts\`](../playbooks/site.ts), Ansible runs
  [\`spec/bench/ansible\`](../spec/bench/ansible) with pipelining, ControlPersist, forks for all hosts, cached facts of the
  network only, the collection community.rabbitmq and the same compiler flags.
- Contestants take turns, and each round begins with another one. Times are medians with their range in brackets; a ratio
  is the median of the rounds' own ratios, so that whatever else the machine did weighs on both sides.
- Wall-clock time of the whole command as a person types it, loading and connecting included.
- First run: hosts made anew before every run, booted to the end before the clock starts, and afterwards asked whether
  all of it stands.
- Converged: a run that changes anything is an error. Each tool has a lab of its own.
- Floor: [\`spec/bench/floor.sh\`](../spec/bench/floor.sh), the roles' own questions written by hand as one script, by
  three OpenSSH clients in parallel.
- Latency: \`ts-play lab delay 50\`; what the run takes there beyond the connect, less what
  it takes at 0 ms: the rest is the host's own work, wherever it stands.
`;
}
