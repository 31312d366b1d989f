import type { Pending } from '../../lib/index.ts';
import type { Entities, FeatureFlag } from '../domain/rabbitmq/facts/entities.ts';
import type { Entity } from './entity.ts';

const FLAGLESS = ['rabbitmq_shovel', 'rabbitmq_federation', 'rabbitmq_auth_mechanism_ssl'];

/** Feature flags enabled: those named, or with `all` every stable one. Once enabled a flag stays so. */
export function featureFlags(names: readonly string[]): Entity {
  return {
    title: `feature flags ${names.join(', ')}`,
    claims: { 'rabbitmq feature flags': names.join() },
    refusal: (state) => refusal(state, names),
    differences(state, pending = []) {
      const coming = names.includes('all') ? pluginsToCome(pending) : [];
      if (coming.length > 0)
        throw new Error(`${coming.join(', ')} may bring feature flags that can't be told yet`);
      return wanted(state, names)
        .filter(({ enabled }) => !enabled)
        .map(({ name }) => ({ what: name, from: 'disabled', to: 'enabled' }));
    },
    edits: (_state, changes) => changes.map(({ what }) => ({ do: 'enable', flag: what })),
  };
}

/** Check mode: plugins that are about to be enabled, without those that are known to bring no flags. */
function pluginsToCome(pending: readonly Pending[]): readonly string[] {
  return pending
    .flatMap(({ claims }) => Object.entries(claims))
    .filter(([, word]) => word === 'enabled')
    .flatMap(([thing]) => /^rabbitmq plugin (.*)$/.exec(thing)?.[1] ?? [])
    .filter((name) => !FLAGLESS.includes(name));
}

/** Experimental ones are enabled by name alone: there is no way back from them. */
function wanted({ featureFlags: flags }: Entities, names: readonly string[]): readonly FeatureFlag[] {
  return flags.filter(
    ({ name, stability }) => names.includes(name) || (names.includes('all') && stability !== 'experimental'),
  );
}

function refusal(state: Entities, names: readonly string[]): string | undefined {
  const unknown = names.filter(
    (name) => name !== 'all' && !state.featureFlags.some((flag) => flag.name === name),
  );
  if (unknown.length > 0) return `RabbitMQ ${state.version} has no feature flag ${unknown.join(', ')}`;
  const [early] = wanted(state, names).filter(({ enabled, supported }) => !enabled && supported === false);
  return early && `not every node supports the feature flag ${early.name}: upgrade them all first`;
}
