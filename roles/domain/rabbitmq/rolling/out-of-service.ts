import {
  type Change,
  type Claims,
  defineFact,
  defineTask,
  type Fact,
  lines,
  type Pending,
  type Script,
  sh,
  type TaskType,
} from '../../../../lib/index.ts';

/** Where a host has a mark for what was taken out of service on it, so that any later run puts back exactly that. */
export const OUT_FOLDER = '/var/lib/ts-play/rabbitmq/out';

/** A part of the path that clients take, which can be taken out of service and put back. */
export interface Component {
  /** As in `keepalived`: of letters, digits, `.`, `_`, `@` and `-`. */
  readonly id: string;
  /** As in `keepalived`: for titles. */
  readonly title: string;
  /** Prints `in` or `out`; `none` where there is nothing to take out. Read-only. */
  readonly probe: Script;
  /** For a probe that prints something else: makes one of these words of it. Throws when it makes no sense. */
  readonly read?: (text: string) => 'in' | 'out' | 'none';
  /** What it is out of service, in the words of other task types that look after the same thing. */
  readonly claims?: Claims;
  readonly remove: Script;
  /** Must also succeed if it is back already. */
  readonly restore: Script;
}

interface ServiceState {
  readonly state: string;
  /** Taken out by a run of ours and not put back yet. */
  readonly marked: boolean;
}

const markOf = ({ id }: Component) => `${OUT_FOLDER}/${id}`;
const claimOf = ({ id }: Component) => `out of service: ${id}`;

function serviceState(component: Component): Fact<ServiceState> {
  return defineFact({
    name: component.title,
    script: sh`if [ -e ${markOf(component)} ]; then echo marked; fi
${component.probe}`,
    parse({ stdout }) {
      const marked = /^marked(\n|$)/.test(stdout);
      const text = stdout.replace(/^marked(\n|$)/, '');
      return { state: component.read === undefined ? lastLine(text) : component.read(text), marked };
    },
  });
}

function lastLine(text: string): string {
  const trimmed = text.trim();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1).trim();
}

export const takenOutType: TaskType<Component, ServiceState> = {
  name: 'taken-out',
  title: ({ title }) => `take out ${title}`,
  // Its own key: that it is put back later is no contradiction.
  claims: (component) => ({ ...component.claims, [claimOf(component)]: 'yes' }),
  validate({ id }) {
    if (!/^[A-Za-z0-9._@-]+$/.test(id)) throw new Error(`"${id}" can't be a file's name`);
  },
  fact: serviceState,
  // What somebody else took out is left as it is, and is not put back.
  diff: ({ state }): readonly Change[] =>
    state === 'in' ? [{ what: 'state', from: 'in service', to: 'out' }] : [],
  apply: (component) => lines(sh`mkdir -p ${OUT_FOLDER}`, sh`: >${markOf(component)}`, component.remove),
};

export const putBackType: TaskType<Component, ServiceState> = {
  name: 'put-back',
  title: ({ title }) => `put back ${title}`,
  fact: serviceState,
  diff({ marked }, component, pending: readonly Pending[]): readonly Change[] {
    const foreseen = pending.some(({ claims }) => claims[claimOf(component)] === 'yes');
    return marked || foreseen ? [{ what: 'state', from: 'out', to: 'in service' }] : [];
  },
  apply: (component) => lines(component.restore, sh`rm -f ${markOf(component)}`),
};

/** Out of service, and marked so before anything is done. */
export const takeOut = defineTask(takenOutType);

/** Back in service, if one of our runs took it out. */
export const putBack = defineTask(putBackType);
