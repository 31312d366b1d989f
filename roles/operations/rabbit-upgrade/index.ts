import { defineRole, type StepContext } from '../../../lib/index.ts';
import { whileDown } from '../../domain/rabbitmq/rolling/components.ts';
import { rollingSteps } from '../../domain/rabbitmq/rolling/steps.ts';
import { askOffer, chosen, install } from './packages.ts';
import { type Vars, vars } from './params.ts';

export { featureFlags } from './flags.ts';
export { canUpgrade } from './gate.ts';

/** Brokers upgraded one at a time, out of use meanwhile. For a play with `serial: 1` and the gate {@link canUpgrade}. */
export const rabbitUpgrade = defineRole({
  name: 'rabbit-upgrade',
  description: 'One broker after the other upgraded, out of virtual IP, proxies and service meanwhile.',
  prefix: 'rabbit_upgrade_',
  vars,
  steps: rollingSteps<Vars, string>({
    proxies: (own) => own.rabbit_upgrade_proxy_group,
    // What is installed decides, so that a run that was cut off is gone on with.
    due: targetsOf,
    deed: ({ vars: own }, version) => [
      whileDown(`upgrade the broker to ${version}`, install(own.rabbit_upgrade_packages, version)),
    ],
    done: () => [],
  }),
});

/** Hosts that have another version than they shall, with the package version that they shall have. */
async function targetsOf({ hosts, query }: StepContext<Vars>): Promise<ReadonlyMap<string, string>> {
  const [first] = hosts;
  const name = first?.vars.rabbit_upgrade_packages[0];
  if (name === undefined) return new Map();
  const offers = await query(hosts, askOffer(name));
  return new Map(
    hosts.flatMap(({ name: host, vars: own }) => {
      const offer = offers.get(host);
      const target = offer && chosen(offer, own.rabbit_upgrade_version);
      if (target === undefined || target === offer?.installed) return [];
      return [[host, target] as const];
    }),
  );
}
