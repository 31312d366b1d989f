import { resolve } from 'node:path';
import { defineParametricPlaybook, PlayError } from 'ts-play';
import { proofRuns, rabbitProve, rabbitVerdict, undoRun, withController } from 'ts-play/proof';

/**
 * The proof that no confirmed message is lost: clients at work while one fault after the other is injected.
 * `ts-play playbooks/prove.ts -i INVENTORY [--scenarios kill-leader,cut-link] [--repeats 3] [--ledger DIR]`
 */
export default defineParametricPlaybook({
  name: 'prove',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      scenarios: {
        type: 'string',
        default: 'all',
        description: 'Which, by comma, as `kill-leader,cut-link:5`; the control is part of every proof.',
      },
      repeats: { type: 'integer', minimum: 1, default: 3, description: 'How often each fault is injected.' },
      seconds: {
        type: 'integer',
        minimum: 5,
        maximum: 40,
        default: 20,
        description: 'How long a fault lasts.',
      },
      ledger: { type: 'string', default: 'proof', description: 'The folder that the ledger is written to.' },
      spare: {
        type: 'string',
        description: 'A host of the group spares that comes and goes: the scenario `scale`.',
      },
      really: {
        type: 'string',
        default: 'no',
        description: '`yes` to break a cluster that is not a lab: these are real faults.',
      },
    },
  },
  make({ params, inventory: given }) {
    const { inventory, hosts, lab } = withController(given);
    const { spare } = params;
    if (lab === undefined && params.really !== 'yes') {
      throw new PlayError({
        kind: 'input',
        what: 'this breaks brokers, proxies and links of a cluster that is not a lab',
        next: 'on a cluster that may be broken: -e really=yes',
      });
    }
    const ledger = resolve(params.ledger);
    const runs = proofRuns(params.scenarios, params.repeats, spare);
    const common = {
      rabbit_prove_ledger: ledger,
      rabbit_prove_seconds: params.seconds,
      rabbit_prove_inventories: inventory.sources.map((path) => resolve(path)),
      ...(spare === undefined ? {} : { rabbit_prove_spare: spare }),
    };
    return {
      inventory,
      lock: { name: 'ts-play-prove', hosts: 'brokers' },
      plays: [
        ...runs.map(({ name, scenario, run }) => ({
          name,
          hosts: 'localhost',
          // A run that could not be made is one run less, and the verdict says so.
          always: true,
          become: true,
          roles: [rabbitProve({ ...common, rabbit_prove_scenario: scenario, rabbit_prove_run: run })],
          undo: undoRun(ledger, scenario, run, hosts),
        })),
        {
          name: 'verdict',
          hosts: 'localhost',
          always: true,
          become: true,
          roles: [rabbitVerdict({ ...common, rabbit_prove_runs: runs.map(({ name }) => name) })],
        },
      ],
    };
  },
});
