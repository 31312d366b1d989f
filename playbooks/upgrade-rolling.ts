import { action, defineParametricPlaybook, sh } from 'ts-play';
import { rollOver } from 'ts-play/operations/rabbit-restart';
import { canUpgrade, featureFlags, rabbitUpgrade } from 'ts-play/operations/rabbit-upgrade';

/** Upgrades the brokers one at a time, each out of virtual IP, proxies and service meanwhile; goes on where a run was cut off. */
export default defineParametricPlaybook({
  name: 'upgrade-rolling',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      version: { type: 'string', description: 'As in 3.12.14; the newest that is offered when left out.' },
      packages: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        default: ['rabbitmq-server'],
        description: "The broker's package first, then others that are upgraded along with it.",
      },
      refresh: { type: 'boolean', default: false, description: 'Fetch the lists of packages first.' },
    },
  },
  make: ({ params, inventory }) => {
    const { version, packages } = params;
    return rollOver(inventory, {
      first: {
        tasks: params.refresh
          ? [action({ title: 'fetch the lists of packages', run: sh`apt-get update -q` })]
          : [],
      },
      gates: [canUpgrade(packages[0] ?? '', version)],
      roles: [
        rabbitUpgrade({
          rabbit_upgrade_packages: packages,
          ...(version === undefined ? {} : { rabbit_upgrade_version: version }),
        }),
      ],
      last: { tasks: [featureFlags({}, { once: true })] },
    });
  },
});
