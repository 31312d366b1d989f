import { defineRole, type Step, type Task } from '../../lib/index.ts';
import { foundingOf } from '../support/rabbitmq/founding.ts';
import { chooseSeed, knownMembers, ordered, preferred, seedView } from '../support/rabbitmq/seed.ts';
import { askBroker } from '../support/rabbitmq/snapshot.ts';
import { asksForConf } from './conf.ts';
import { blank, discovered, type FormationWant } from './formation.ts';
import { readEnv, refuseMixture } from './inter-node.ts';
import { refuseOld } from './refuse-old.ts';
import { configTasks } from './tasks.ts';
import { validate } from './validate.ts';
import { type Vars, vars } from './vars.ts';

/** How a broker runs: rabbitmq.conf, TLS, and formation by peer discovery. */
export const rabbitConfig = defineRole({
  name: 'rabbit-config',
  description: 'rabbitmq.conf, TLS for clients and between nodes, and formation by peer discovery.',
  prefix: 'broker_',
  vars,
  validate,
  steps: [
    // Before the files: what starts for the first time reads them anyway, and needs no restart.
    formationStep(blank),
    async ({ hosts, playHosts, query }) => {
      const asking = hosts.filter(({ vars: own }) => asksForConf(own));
      if (asking.length === 0) return () => [];
      const nodes = ordered(preferred(playHosts), await query(playHosts, askBroker));
      const tls = await query(asking, readEnv);
      for (const { name, vars: own } of asking) {
        refuseOld(name, own, nodes.get(name)?.live?.version);
        refuseMixture(name, nodes.get(name), tls.get(name) ?? false, own.broker_tls_inter_node);
      }
      // All that is known of them: a host that is silent today must not change what the others are told.
      const names = [
        ...new Set([...nodes.values()].flatMap((node) => [node.node, ...knownMembers(node)])),
      ].sort();
      return ({ name, vars: own }) =>
        asksForConf(own) ? configTasks(own, names, nodes.get(name), tls.get(name) ?? false) : [];
    },
    formationStep(discovered),
  ],
});

function formationStep(task: (want: FormationWant) => Task): Step<Vars> {
  return async ({ hosts, playHosts, query }) => {
    if (!hosts.some(({ vars: own }) => own.broker_peer_discovery !== undefined)) return () => [];
    const nodes = ordered(preferred(playHosts), await query(playHosts, askBroker));
    const seed = nodes.get(chooseSeed(nodes, foundingOf(playHosts)) ?? '');
    if (seed === undefined) return () => [];
    return ({ name, vars: own, inventoryVars }) => {
      if (own.broker_peer_discovery === undefined) return [];
      const { rabbit_admin_user: admin = 'admin' } = inventoryVars;
      return [task({ host: name, seed: seedView(seed), harmlessUsers: ['guest', String(admin)] })];
    };
  };
}
