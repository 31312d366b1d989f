import type { KnownHost, LintContext } from '../../../lib/index.ts';

/** A broker's setting, and the variable that has it. */
export interface Said {
  readonly variable: string;
  readonly value: unknown;
}

/** Settings of rabbitmq.conf that linters ask for, with the variable of the role rabbit-config for it, if there is one. */
const VARIABLES = {
  cluster_partition_handling: 'broker_partition_handling',
  heartbeat: undefined,
} as const;

/** What is said of a setting of a broker: by the playbook to the role rabbit-config, or by the inventory. */
export function saidOf(
  host: KnownHost,
  setting: keyof typeof VARIABLES,
  context: LintContext,
): Said | undefined {
  const given = context
    .uses('rabbit-config')
    .flatMap(({ hosts }) => hosts)
    .find(({ name }) => name === host.name)?.vars;
  const vars: Readonly<Record<string, unknown>> = given ?? host.inventoryVars;
  const variable = VARIABLES[setting];
  if (variable !== undefined && vars[variable] !== undefined) return { variable, value: vars[variable] };
  const line: unknown = Object(vars['broker_settings'])[setting];
  return line === undefined ? undefined : { variable: 'broker_settings', value: line };
}
