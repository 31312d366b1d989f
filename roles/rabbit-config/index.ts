import { defineRole, type Step, type Task } from '../../lib/index.ts';
import { brokersOf } from '../domain/rabbitmq/brokers.ts';
import { foundingOf } from '../domain/rabbitmq/rules/founding.ts';
import { chooseFounder, founderView } from '../domain/rabbitmq/rules/founding-node.ts';
import { configSettings, type Vars } from '../domain/rabbitmq/settings/config.ts';
import { asksForConf } from './conf.ts';
import { blank, discovered, type FormationWant } from './formation.ts';
import { readEnv, refuseMixture } from './inter-node.ts';
import { askPartitionFiles } from './partition-files.ts';
import { decide, namesOf } from './partition-step.ts';
import { partitionFiles, partitionsRunning } from './partition-tasks.ts';
import { refuseOld } from './refuse-old.ts';
import { configTasks } from './tasks.ts';
import { validate } from './validate.ts';

/** How a broker runs: rabbitmq.conf, TLS, and formation by peer discovery. */
export const rabbitConfig = defineRole({
  ...configSettings,
  description: 'rabbitmq.conf, TLS for clients and between nodes, and formation by peer discovery.',
  validate,
  steps: [
    // Before the files: what starts for the first time reads them anyway, and needs no restart.
    formationStep(blank),
    async (context) => {
      const { hosts, playHosts, query } = context;
      const asking = hosts.filter(({ vars: own }) => asksForConf(own));
      // Asked side by side: what is asked ahead then takes one round trip.
      const [nodes, said, tls] = await Promise.all([
        brokersOf(context),
        query(playHosts, askPartitionFiles),
        query(asking, readEnv),
      ]);
      for (const { name, vars: own } of asking) {
        refuseOld(name, own, nodes.get(name)?.live?.version);
        refuseMixture(name, nodes.get(name), tls.get(name) ?? false, own.rabbit_config_tls_inter_node);
      }
      const names = namesOf(nodes);
      const partitions = decide(context, nodes, said);
      return ({ name, vars: own }) => {
        const plan = partitions.get(name) ?? {};
        return asksForConf(own)
          ? configTasks(own, names, nodes.get(name), tls.get(name) ?? false, plan)
          : [...partitionFiles(plan), ...partitionsRunning(plan)];
      };
    },
    formationStep(discovered),
  ],
});

/**
 * What brokers do in a network partition, and nothing else of their configuration: for a playbook that changes how many
 * there are.
 */
export const rabbitPartitions = defineRole({
  ...configSettings,
  name: 'rabbit-partitions',
  description: 'What brokers do in a network partition, for as many as there are.',
  steps: [
    async (context) => {
      const { playHosts, query } = context;
      const [nodes, said] = await Promise.all([brokersOf(context), query(playHosts, askPartitionFiles)]);
      const partitions = decide(context, nodes, said);
      return ({ name }) => {
        const plan = partitions.get(name) ?? {};
        return [...partitionFiles(plan), ...partitionsRunning(plan)];
      };
    },
  ],
});

function formationStep(task: (want: FormationWant) => Task): Step<Vars> {
  return async (context) => {
    const { hosts, playHosts } = context;
    if (!hosts.some(({ vars: own }) => own.rabbit_config_peer_discovery !== undefined)) return () => [];
    const nodes = await brokersOf(context);
    const seed = chooseFounder(nodes, foundingOf(playHosts))?.node;
    if (seed === undefined) return () => [];
    const { harmless } = foundingOf(playHosts);
    return ({ name, vars: own }) =>
      own.rabbit_config_peer_discovery === undefined
        ? []
        : [task({ host: name, seed: founderView(seed), harmlessUsers: harmless(name) })];
  };
}
