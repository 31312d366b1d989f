import type { KnownHost, LintContext } from '../../../lib/index.ts';

/** A broker's setting, as some variable has it. */
export interface Said {
  readonly variable: string;
  readonly value: unknown;
}

/** What is said of a broker in `rabbit_NAME` or `rabbit_…_NAME`, by the inventory or the role that writes its configuration. */
export function saidOf(host: KnownHost, name: string, context: LintContext): Said | undefined {
  const given = context
    .uses('rabbit-config')
    .flatMap(({ hosts }) => hosts)
    .filter((each) => each.name === host.name)
    .map(({ vars }) => vars);
  const pattern = new RegExp(`^rabbit_([a-z_]+_)?${name}$`);
  return [...given, host.inventoryVars]
    .flatMap((vars) =>
      Object.keys(vars)
        .filter((variable) => pattern.test(variable))
        .map((variable) => ({ variable, value: vars[variable] })),
    )
    .find(({ value }) => value !== undefined);
}
