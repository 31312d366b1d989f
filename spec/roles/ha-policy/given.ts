import { type Vars, vars } from '../../../roles/domain/rabbitmq/settings/policy.ts';
import { defaultsOf } from '../domain/rabbitmq/nodes.ts';

/** The role's variables: the defaults, and what a case says. */
export const given = (changed: Partial<Vars> = {}): Vars => ({
  ...(defaultsOf(vars.properties) as unknown as Vars),
  ...changed,
});
