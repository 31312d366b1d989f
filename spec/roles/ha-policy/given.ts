import { type Vars, vars } from '../../../roles/ha-policy/vars.ts';
import { defaultsOf } from '../support/rabbitmq/nodes.ts';

/** The role's variables: the defaults, and what a case says. */
export const given = (changed: Partial<Vars> = {}): Vars => ({
  ...(defaultsOf(vars.properties) as unknown as Vars),
  ...changed,
});
