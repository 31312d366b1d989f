import { defineRole, type Step, type Task } from '../../lib/index.ts';
import { foundingOf } from '../domain/rabbitmq/founding.ts';
import { chooseSeed, ordered, preferredHosts, seedView } from '../domain/rabbitmq/seed.ts';
import { configSettings, type Vars } from '../domain/rabbitmq/settings/config.ts';
import { askBroker } from '../domain/rabbitmq/snapshot.ts';
import { asksForConf } from './conf.ts';
import { blank, discovered, type FormationWant } from './formation.ts';
import { readEnv, refuseMixture } from './inter-node.ts';
import { decide, namesOf } from './partition-step.ts';
import { partitionFiles, partitionsRunning } from './partition-tasks.ts';
import { askSaid } from './partitions-said.ts';
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
      const [answers, said, tls] = await Promise.all([
        query(playHosts, askBroker),
        query(playHosts, askSaid),
        query(asking, readEnv),
      ]);
      const nodes = ordered(await preferredHosts(context), answers);
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
      const [answers, said] = await Promise.all([query(playHosts, askBroker), query(playHosts, askSaid)]);
      const partitions = decide(context, answers, said);
      return ({ name }) => {
        const plan = partitions.get(name) ?? {};
        return [...partitionFiles(plan), ...partitionsRunning(plan)];
      };
    },
  ],
});

function formationStep(task: (want: FormationWant) => Task): Step<Vars> {
  return async (context) => {
    const { hosts, playHosts, query } = context;
    if (!hosts.some(({ vars: own }) => own.rabbit_config_peer_discovery !== undefined)) return () => [];
    const nodes = ordered(await preferredHosts(context), await query(playHosts, askBroker));
    const seed = nodes.get(chooseSeed(nodes, foundingOf(playHosts)) ?? '');
    if (seed === undefined) return () => [];
    const { harmless } = foundingOf(playHosts);
    return ({ name, vars: own }) =>
      own.rabbit_config_peer_discovery === undefined
        ? []
        : [task({ host: name, seed: seedView(seed), harmlessUsers: harmless(name) })];
  };
}
