import { resolve } from 'node:path';
import { defineParametricPlaybook, PlayError } from 'ts-play';
import { proofParams, proofRun, proofRuns, proofVerdict, undoRun, withController } from 'ts-play/proof';

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
      ...proofParams.properties,
      scenarios: {
        type: 'string',
        default: 'all',
        description: 'Which, by comma, as `kill-leader,cut-link:5`; the control is part of every proof.',
      },
      repeats: { type: 'integer', minimum: 1, default: 3, description: 'How often each fault is injected.' },
      ledger: { type: 'string', default: 'proof', description: 'The folder that the ledger is written to.' },
      really: {
        type: 'string',
        default: 'no',
        description: '`yes` to break a cluster that is not a lab: these are real faults.',
      },
    },
  },
  make({ params: { scenarios, repeats, ledger: folder, really, ...params }, inventory: given }) {
    const { inventory, hosts, lab } = withController(given);
    if (lab === undefined && really !== 'yes') {
      throw new PlayError({
        kind: 'input',
        what: 'this breaks brokers, proxies and links of a cluster that is not a lab',
        next: 'on a cluster that may be broken: -e really=yes',
      });
    }
    const ledger = resolve(folder);
    const runs = proofRuns(scenarios, repeats, params.spare);
    const inventories = inventory.sources.map((path) => resolve(path));
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
          roles: [proofRun({ ...params, ledger, scenario, run, inventories })],
          undo: undoRun(ledger, scenario, run, hosts),
        })),
        {
          name: 'verdict',
          hosts: 'localhost',
          always: true,
          become: true,
          roles: [proofVerdict({ ledger, runs: runs.map(({ name }) => name) })],
        },
      ],
    };
  },
});
