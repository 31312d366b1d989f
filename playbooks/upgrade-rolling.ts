import { action, defineParametricPlaybook, sh } from 'ts-play';
import { rollOver } from 'ts-play/operations/rabbit-restart';
import { brokerPackage, canUpgrade, featureFlags, rabbitUpgrade } from 'ts-play/operations/rabbit-upgrade';

/** Upgrades the brokers one at a time, each out of virtual IP, proxies and service meanwhile; goes on where a run was cut off. */
export default defineParametricPlaybook({
  name: 'upgrade-rolling',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...rabbitUpgrade.params.properties,
      refresh: { type: 'boolean', default: false, description: 'Fetch the lists of packages first.' },
    },
  },
  make: ({ params: { refresh, ...params }, inventory }) =>
    rollOver(inventory, {
      first: {
        tasks: refresh ? [action({ title: 'fetch the lists of packages', run: sh`apt-get update -q` })] : [],
      },
      gates: [canUpgrade(brokerPackage(params.packages), params.version)],
      roles: [rabbitUpgrade(params)],
      last: { tasks: [featureFlags({}, { once: true })] },
      proxyGroup: params.proxy_group,
    }),
});
