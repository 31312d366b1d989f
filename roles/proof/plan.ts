import { type Inventory, type InventoryHost, PlayError } from '../../lib/index.ts';
import { runName } from './ledger/record.ts';
import { SCENARIOS, scenarioNamed } from './scenarios.ts';
import { labOf } from './site.ts';

/** One run of a scenario. */
export interface PlannedRun {
  readonly name: string;
  readonly scenario: string;
  readonly run: number;
}

/**
 * The runs of a proof: the control once, then every other scenario as often as asked.
 * @param scenarios names by comma, each with a number of its own if need be (`cut-link:5`), or `all`; what takes a spare
 * host is left out of `all` when there is none
 * @throws PlayError `input` for a scenario that doesn't exist
 */
export function proofRuns(
  scenarios: string,
  repeats: number,
  spare: string | undefined,
): readonly PlannedRun[] {
  const all = SCENARIOS.filter(({ name }) => name !== 'scale' || spare !== undefined);
  const wanted = new Map(
    scenarios === 'all'
      ? all.map(({ name }) => [name, repeats])
      : scenarios.split(',').map((text) => counted(text.trim(), repeats)),
  );
  wanted.delete('control');
  if (wanted.has('scale') && spare === undefined) {
    throw new PlayError({
      kind: 'input',
      what: 'the scenario scale takes a spare host',
      next: '-e spare=HOST',
    });
  }
  const runs = [...wanted].flatMap(([scenario, times]) =>
    Array.from({ length: times }, (_, i) => ({ scenario, run: i + 1 })),
  );
  return [{ scenario: 'control', run: 1 }, ...runs].map((run) => ({ ...run, name: runName(run) }));
}

function counted(text: string, repeats: number): [string, number] {
  const [, name = text, times] = /^(.*):([1-9]\d*)$/.exec(text) ?? [];
  return [scenarioNamed(name).name, times === undefined ? repeats : Number(times)];
}

/** The inventory with the controller in it, so that it can be asked, and what else the playbook wants to know. */
export function withController(inventory: Inventory): {
  readonly inventory: Inventory;
  readonly hosts: readonly string[];
  /** Undefined when the cluster is not a lab. */
  readonly lab: string | undefined;
} {
  const localhost: InventoryHost = {
    name: 'localhost',
    groups: [],
    place: () => ({}),
    ...inventory.hosts.get('localhost'),
    vars: { ansible_connection: 'local', ansible_become: false },
  };
  const all = [...inventory.hosts.values()];
  const hosts = all.filter(({ groups }) => groups.includes('brokers') || groups.includes('proxies'));
  return {
    inventory: { ...inventory, hosts: new Map([...inventory.hosts, ['localhost', localhost]]) },
    hosts: hosts.map(({ name }) => name),
    lab: labOf(hosts.map(({ vars }) => ({ inventoryVars: vars }))),
  };
}
