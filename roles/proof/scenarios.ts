import { PlayError, type Script, sh } from '../../lib/index.ts';
import { type ClusterState, holdersOf, leaderOf } from './cluster-state.ts';
import type { Fault } from './fault.ts';
import type { RunParams } from './params.ts';
import { queuesFor } from './queues.ts';

/** One fault that the proof injects, or playbooks that it runs under load. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Lasts as long as a partition takes to be noticed. */
  readonly partition?: true;
  /** The faults, each with its host, chosen by the state of the cluster. */
  faults?(state: ClusterState, params: RunParams): readonly Fault[];
  /** Playbooks that are run under load instead, one after the other, with their arguments. */
  playbooks?(params: RunParams): readonly (readonly string[])[];
}

const BROKER = 'rabbitmq-server';
const beam = (signal: string): Script => sh`pkill -${signal} -u rabbitmq -x beam.smp`;

/** All that the proof knows to do, in the order it is done; `control` is part of every proof. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'control',
    title: 'an unreplicated queue loses its host: the control, which must be seen to fail',
    faults: (state, params) => [
      {
        on: target(leaderOf(state, queueNamed('control-durable', params)), 'the unreplicated queue'),
        what: 'its broker is killed and kept down',
        harm: sh`systemctl mask --runtime --quiet ${BROKER}
${beam('KILL')}`,
        undo: sh`systemctl unmask --runtime --quiet ${BROKER}
systemctl start --no-block ${BROKER}`,
      },
    ],
  },
  {
    name: 'kill-leader',
    title: "SIGKILL of the broker that leads the queue (the quorum queue's and the mirrored one's in turn)",
    faults: (state, params) => [
      {
        on: leaderHost(state, params),
        what: 'its broker is killed',
        harm: beam('KILL'),
        undo: sh`systemctl start --no-block ${BROKER}`,
      },
    ],
  },
  {
    name: 'freeze-node',
    title: "SIGSTOP of the queue's leader",
    faults: (state, params) => [
      { on: leaderHost(state, params), what: 'its broker is frozen', harm: beam('STOP'), undo: beam('CONT') },
    ],
  },
  {
    name: 'kill-haproxy',
    title: 'HAProxy of the VIP holder is killed, and kept down',
    faults: (state) => [
      {
        on: target(holdersOf(state)[0], 'the virtual address'),
        what: 'its HAProxy is killed and kept down',
        harm: sh`systemctl mask --runtime --quiet haproxy
systemctl kill --signal=KILL haproxy`,
        undo: sh`systemctl unmask --runtime --quiet haproxy
systemctl start --no-block haproxy`,
      },
    ],
  },
  {
    name: 'stop-keepalived',
    title: 'Keepalived of the VIP holder is stopped',
    faults: (state) => [
      {
        on: target(holdersOf(state)[0], 'the virtual address'),
        what: 'its Keepalived is stopped',
        harm: sh`systemctl stop keepalived`,
        undo: sh`systemctl start --no-block keepalived`,
      },
    ],
  },
  {
    name: 'kill-keepalived',
    title: 'Keepalived of the VIP holder is killed; its systemd starts it again',
    faults: (state) => [
      {
        on: target(holdersOf(state)[0], 'the virtual address'),
        what: 'its Keepalived is killed',
        harm: sh`systemctl kill --signal=KILL keepalived`,
        undo: sh`systemctl start --no-block keepalived`,
      },
    ],
  },
  {
    name: 'cut-link',
    title: 'the VIP holder loses its network',
    faults: (state) => {
      const on = target(holdersOf(state)[0], 'the virtual address');
      const own = [...state.brokers, ...state.proxies].find(({ name }) => name === on)?.address ?? on;
      return [{ on, what: 'its link is cut', harm: linkDown(own), undo: linkUp }];
    },
  },
  {
    name: 'reload-haproxy',
    title: 'HAProxy is reloaded five times on every proxy',
    faults: ({ proxies }) =>
      proxies.map(({ name }) => ({
        on: name,
        what: 'its HAProxy is reloaded five times',
        harm: sh`for i in 1 2 3 4 5; do
  systemctl reload haproxy
  sleep 1
done`,
        undo: sh`:`,
      })),
  },
  {
    name: 'rolling-restart',
    title: 'restart-rolling.ts under load',
    playbooks: () => [['restart-rolling.ts']],
  },
  {
    name: 'stop-start',
    title: 'stop-cluster.ts, then start-cluster.ts',
    playbooks: () => [['stop-cluster.ts'], ['start-cluster.ts']],
  },
  {
    name: 'scale',
    title: 'scale-out.ts, then scale-in.ts under load',
    playbooks: ({ spare }) => {
      return ['scale-out.ts', 'scale-in.ts'].map((name) => [name, '-e', `node=${spare}`]);
    },
  },
  // Last: what they leave behind may keep the others from being run.
  {
    name: 'minority-partition',
    title: 'one broker is cut off from all others',
    partition: true,
    faults: (state, params) => {
      const on = awayFromHolder(state, params);
      const others = state.brokers.filter(({ name }) => name !== on);
      return [
        cutOff(
          on,
          others.map(({ address }) => address),
          'it is cut off from the other brokers',
        ),
      ];
    },
  },
  {
    name: 'asymmetric-partition',
    title: 'two brokers lose sight of each other, and both still see the third',
    partition: true,
    faults: (state, params) => {
      const on = awayFromHolder(state, params);
      const [other] = state.brokers.filter(({ name }) => name !== on);
      if (other === undefined) throw new PlayError({ kind: 'failed', what: 'a partition takes two brokers' });
      return [cutOff(on, [other.address], `it is cut off from ${other.name}`)];
    },
  },
];

/** @throws PlayError `input` */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new PlayError({
    kind: 'input',
    what: `there is no scenario ${name}`,
    next: `the scenarios are: ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`,
  });
}

function queueNamed(kind: string, params: RunParams) {
  const queue = queuesFor({ vhost: params.vhost, mirrors: true, control: true }).find(
    (each) => each.kind === kind,
  );
  if (queue === undefined) throw new RangeError(`no queue ${kind}`);
  return queue;
}

/** The host that leads the quorum queue, or in every second run the mirrored one. */
function leaderHost(state: ClusterState, params: RunParams): string {
  const quorum = leaderOf(state, queueNamed('quorum', params));
  const mirrored = leaderOf(state, queueNamed('mirrored', params));
  return target(params.run % 2 === 0 ? (mirrored ?? quorum) : quorum, 'the queue');
}

/** A queue's leader that does not hold the virtual address, so that clients stay on the others' side. */
function awayFromHolder(state: ClusterState, params: RunParams): string {
  const holders = holdersOf(state);
  const leader = leaderHost(state, params);
  if (!holders.includes(leader)) return leader;
  return target(state.brokers.find(({ name }) => !holders.includes(name))?.name, 'no virtual address');
}

function target(host: string | undefined, what: string): string {
  if (host !== undefined) return host;
  throw new PlayError({
    kind: 'failed',
    what: `no host has ${what}`,
    next: 'ts-play playbooks/status.ts -i …',
  });
}

/** A route that leads nowhere is enough to end every connection between two hosts, in both directions. */
function cutOff(on: string, addresses: readonly string[], what: string): Fault {
  return {
    on,
    what,
    harm: sh`for a in ${addresses}; do ip route add blackhole "$a"; done`,
    undo: sh`for a in ${addresses}; do ip route del blackhole "$a" || :; done`,
  };
}

function linkDown(address: string): Script {
  return sh`a=$(getent ahostsv4 ${address} | sed -n '1s/ .*//p')
dev=$(ip -o -4 addr show to "$a" | sed -n '1s/^[0-9]*: *\([^ ]*\).*/\1/p')
ip route save table main >routes
echo "$dev" >link
ip link set "$dev" down`;
}

/** Routes that went with the link come again with it, those of the kernel by themselves. */
const linkUp = sh`ip link set "$(cat link)" up
ip route restore <routes 2>/dev/null || :`;
