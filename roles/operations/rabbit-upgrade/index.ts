import { defineOperation, type NoVars, type StepContext } from '../../../lib/index.ts';
import { whileDown } from '../../domain/rabbitmq/rolling/components.ts';
import { rollingSteps } from '../../domain/rabbitmq/rolling/steps.ts';
import { askOffer, brokerPackage, chosen, install } from './packages.ts';
import { params } from './params.ts';

export { featureFlags } from './flags.ts';
export { canUpgrade } from './gate.ts';
export { brokerPackage } from './packages.ts';

/** Upgrades brokers one at a time, out of service meanwhile. For a play with `serial: 1` and the gate {@link canUpgrade}. */
export const rabbitUpgrade = defineOperation({
  name: 'rabbit-upgrade',
  description: 'Upgrades one broker after the other, out of virtual IP, proxies and service meanwhile.',
  params,
  steps: ({ packages, version, proxy_group }) =>
    rollingSteps<string>({
      proxyGroup: proxy_group,
      // What is installed decides, so that a run that was cut off is continued.
      due: (context) => targetsOf(context, brokerPackage(packages), version),
      action: (target) => [whileDown(`upgrade the broker to ${target}`, install(packages, target))],
      after: [],
    }),
});

/** Hosts that have another version than the wanted one, each with the wanted version of the package. */
async function targetsOf(
  { hosts, query }: StepContext<NoVars>,
  name: string,
  version: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const offers = await query(hosts, askOffer(name));
  return new Map(
    [...offers].flatMap(([host, offer]) => {
      const target = chosen(offer, version);
      return target === undefined || target === offer.installed ? [] : [[host, target] as const];
    }),
  );
}
