import { callerPlace } from '../util/caller.ts';
import { inputError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import { asRoleUse, type HostView, type RoleUse, type Step, type ValidateContext } from './role.ts';
import type { GivenParams, VarsOf, VarsSchema } from './schema.ts';
import { checkValues } from './values.ts';

/** The variables of a host in an operation: there are none, since an operation has parameters instead. */
export type NoVars = Readonly<Record<never, never>>;

const NO_VARS = { type: 'object', additionalProperties: false, properties: {} } as const satisfies VarsSchema;

/** What an operation is made from. */
export interface OperationDefinition<S extends VarsSchema> {
  /** As in `rabbit-grow`; `--role NAME` selects it. */
  readonly name: string;
  readonly description: string;
  /** The parameters. A playbook can have the same: `defineParametricPlaybook({ params: grow.params, … })`. */
  readonly params: S;
  /** Throws what is wrong with the parameters and the play's hosts taken together; called before any is contacted. */
  validate?(params: VarsOf<S>, hosts: readonly HostView[], context: ValidateContext): void;
  /** The steps, from checked parameters with defaults filled in. */
  steps(params: VarsOf<S>): readonly Step<NoVars>[];
}

type Options = { readonly tags?: readonly string[] };

/** The parameters may be left out where none is required. */
type Given<S extends VarsSchema> =
  NoVars extends GivenParams<S>
    ? readonly [params?: GivenParams<S>, options?: Options]
    : readonly [params: GivenParams<S>, options?: Options];

/** An operation, ready to be put into a play: `roles: [grow({ node: 'hadoop004' })]`. */
export interface Operation<S extends VarsSchema> {
  /** @throws PlayError `input` with the caller's place when the parameters do not fit the schema */
  (...given: Given<S>): RoleUse;
  readonly params: S;
  readonly definition: OperationDefinition<S>;
}

/**
 * Makes an operation: a part of a play that takes a target. Its parameters come from the playbook alone, and no variable
 * of the inventory is read. Names in a parameter's `formerly` are variables that it replaces: these are refused.
 */
export function defineOperation<const S extends VarsSchema>(
  definition: OperationDefinition<S>,
): Operation<S> {
  const { name, params: schema } = definition;
  const use = (...given: Given<S>): RoleUse => {
    const [values = {}, { tags = [] } = {}] = given as readonly [NoVars?, Options?];
    const unknown = Object.keys(values).find((key) => !(key in schema.properties));
    if (unknown !== undefined) {
      throw inputError(`unknown parameter ${unknown} for operation ${name}`, {
        where: callerPlace(use),
        next:
          didYouMean(unknown, Object.keys(schema.properties)) ??
          `its parameters are: ${Object.keys(schema.properties).join(', ') || 'none'}`,
      });
    }
    const { values: checked, problem } = checkValues(schema, values);
    if (problem !== undefined) {
      throw inputError(
        problem.missing
          ? `operation ${name} needs the parameter ${problem.name}`
          : `parameter ${problem.path} of operation ${name} ${problem.rule}`,
        { where: callerPlace(use), why: problem.why },
      );
    }
    // It passed the schema, which is what makes it VarsOf<S>.
    const params = checked as VarsOf<S>;
    return partOf(name, definition.steps(params), {
      params: schema,
      tags,
      validate: (hosts, context) => definition.validate?.(params, hosts, context),
    });
  };
  return Object.assign(use, { params: schema, definition });
}

/** A part of a play from steps alone, without variables and parameters: `roles: [playSteps('greeting', [step])]`. */
export function playSteps(name: string, steps: readonly Step<NoVars>[]): RoleUse {
  return partOf(name, steps, { tags: [], validate: () => {} });
}

function partOf(
  name: string,
  steps: readonly Step<NoVars>[],
  rest: Pick<RoleUse, 'tags' | 'validate' | 'params'>,
): RoleUse {
  return asRoleUse({ kind: 'operation', name, prefix: '', schema: NO_VARS, given: {}, steps, ...rest });
}
