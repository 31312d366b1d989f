import { createHash } from 'node:crypto';
import type {
  DefinedPolicy,
  Entities,
  GlobalParameter,
  Parameter,
} from '../domain/rabbitmq/facts/entities.ts';
import { partsThatDiffer, same, shown } from './compare.ts';
import { absent, type Entity } from './entity.ts';

/** A runtime parameter, such as a shovel or a federation upstream. */
export function parameter(wanted: Parameter): Entity {
  const now = ({ parameters }: Entities) => parameters.find((each) => isThat(each, wanted));
  return {
    title: `parameter ${wanted.component} ${wanted.name} on ${wanted.vhost}`,
    claims: {
      [`rabbitmq parameter ${wanted.vhost} ${wanted.component} ${wanted.name}`]: print(wanted.value),
    },
    differences: (state) => valueChange('parameter', now(state), wanted.value),
    edits: () => [{ do: 'import', definitions: { parameters: [{ ...wanted }] } }],
  };
}

export function parameterAbsent(gone: Omit<Parameter, 'value'>): Entity {
  const { vhost, component, name } = gone;
  return absent(
    `parameter ${component} ${name} on ${vhost}`,
    `parameter ${vhost} ${component} ${name}`,
    ({ parameters }) => parameters.some((each) => isThat(each, gone)),
    { do: 'remove', what: 'parameter', vhost, component, name },
  );
}

export function globalParameter(wanted: GlobalParameter): Entity {
  return {
    title: `global parameter ${wanted.name}`,
    claims: { [`rabbitmq global parameter ${wanted.name}`]: print(wanted.value) },
    differences: ({ globalParameters }) =>
      valueChange(
        'global parameter',
        globalParameters.find(({ name }) => name === wanted.name),
        wanted.value,
      ),
    edits: () => [{ do: 'import', definitions: { global_parameters: [{ ...wanted }] } }],
  };
}

export function globalParameterAbsent(name: string): Entity {
  return absent(
    `global parameter ${name}`,
    `global parameter ${name}`,
    ({ globalParameters }) => globalParameters.some((each) => each.name === name),
    { do: 'remove', what: 'global_parameter', name },
  );
}

/** Limits of a virtual host are one parameter to the broker: those that aren't named stay in it. */
export function vhostLimits(vhost: string, limits: Readonly<Record<string, number>>): Entity {
  const now = ({ parameters }: Entities): Readonly<Record<string, unknown>> => {
    const found = parameters.find((each) =>
      isThat(each, { vhost, component: 'vhost-limits', name: 'limits' }),
    );
    // An empty set comes back as an empty list.
    return typeof found?.value === 'object' && found.value !== null ? { ...found.value } : {};
  };
  return {
    title: `limits of virtual host ${vhost}`,
    claims: { [`rabbitmq parameter ${vhost} vhost-limits limits`]: print(limits) },
    differences(state) {
      const current = now(state);
      return Object.entries(limits).flatMap(([limit, value]) =>
        current[limit] === value
          ? []
          : [{ what: limit, from: shown(current[limit] ?? 'none'), to: String(value) }],
      );
    },
    edits: (state) => [
      {
        do: 'import',
        definitions: {
          parameters: [
            { vhost, component: 'vhost-limits', name: 'limits', value: { ...now(state), ...limits } },
          ],
        },
      },
    ],
  };
}

/** A policy, as definitions have it. */
export function definedPolicy(wanted: DefinedPolicy): Entity {
  return {
    title: `policy ${wanted.name} on ${wanted.vhost}`,
    claims: { [`rabbitmq policy ${wanted.vhost} ${wanted.name}`]: JSON.stringify(wanted) },
    differences({ policies }) {
      const now = policies.find(({ vhost, name }) => vhost === wanted.vhost && name === wanted.name);
      if (now) return partsThatDiffer(now, wanted, ['pattern', 'apply-to', 'priority', 'definition']);
      return [{ what: 'policy', from: 'absent', to: shown(wanted.definition) }];
    },
    edits: () => [{ do: 'import', definitions: { policies: [{ ...wanted }] } }],
  };
}

function valueChange(what: string, now: { readonly value: unknown } | undefined, value: unknown) {
  if (now === undefined) return [{ what, from: 'absent', to: shown(value) }];
  return same(now.value, value) ? [] : [{ what: 'value', from: shown(now.value), to: shown(value) }];
}

function isThat(each: Parameter, that: Omit<Parameter, 'value'>): boolean {
  return each.vhost === that.vhost && each.component === that.component && each.name === that.name;
}

/** A word for a value that may hold a password. */
function print(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
