import {
  type Change,
  defineFact,
  defineTask,
  type Fact,
  lines,
  type Pending,
  type Script,
  sh,
  type TaskType,
} from '../../../lib/index.ts';

/** Where a host keeps in mind what was taken out of service on it, so that exactly that is put back, by whichever run. */
export const OUT_FOLDER = '/var/lib/ts-play/rabbitmq/out';

/** Something that can be taken out of service and put back. */
export interface Layer {
  /** As in `keepalived`: of letters, digits, `.`, `_`, `@` and `-`. */
  readonly id: string;
  /** As in `keepalived`: what stands in titles. */
  readonly title: string;
  /** Prints `in` or `out`; `none` where there is nothing to take out. Read-only. */
  readonly look: Script;
  /** For a look that prints something else: makes one of these words of it. Throws when it makes no sense. */
  readonly read?: (text: string) => 'in' | 'out' | 'none';
  readonly out: Script;
  /** Must also do where it is back already. */
  readonly back: Script;
}

interface Where {
  readonly state: string;
  /** Taken out by a run of ours and not put back yet. */
  readonly marked: boolean;
}

const markOf = ({ id }: Layer) => `${OUT_FOLDER}/${id}`;
const claimOf = ({ id }: Layer) => `out of service: ${id}`;

function whereIs(layer: Layer): Fact<Where> {
  return defineFact({
    name: layer.title,
    script: sh`if [ -e ${markOf(layer)} ]; then echo marked; fi
${layer.look}`,
    parse({ stdout }) {
      const marked = /^marked(\n|$)/.test(stdout);
      const text = stdout.replace(/^marked(\n|$)/, '');
      return { state: layer.read?.(text) ?? text.trim().split('\n').at(-1)?.trim() ?? '', marked };
    },
  });
}

export const takenOutType: TaskType<Layer, Where> = {
  name: 'taken-out',
  title: ({ title }) => `take out ${title}`,
  // Under a name of its own: that it is put back later is no contradiction.
  claims: (layer) => ({ [claimOf(layer)]: 'yes' }),
  validate({ id }) {
    if (!/^[A-Za-z0-9._@-]+$/.test(id)) throw new Error(`"${id}" can't be a file's name`);
  },
  fact: whereIs,
  // What somebody else took out is left as it is, and not put back either.
  diff: ({ state }): readonly Change[] =>
    state === 'in' ? [{ what: 'state', from: 'in service', to: 'out' }] : [],
  apply: (layer) => lines(sh`mkdir -p ${OUT_FOLDER}`, sh`: >${markOf(layer)}`, layer.out),
};

export const putBackType: TaskType<Layer, Where> = {
  name: 'put-back',
  title: ({ title }) => `put back ${title}`,
  fact: whereIs,
  diff({ marked }, layer, pending: readonly Pending[]): readonly Change[] {
    const foreseen = pending.some(({ claims }) => claims[claimOf(layer)] === 'yes');
    return marked || foreseen ? [{ what: 'state', from: 'out', to: 'in service' }] : [];
  },
  apply: (layer) => lines(layer.back, sh`rm -f ${markOf(layer)}`),
};

/** Out of service, and marked so before anything is done. */
export const takeOut = defineTask(takenOutType);

/** Back in service, if one of our runs took it out. */
export const putBack = defineTask(putBackType);
