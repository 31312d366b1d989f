import assert from 'node:assert/strict';
import { parseInventory } from '../../../lib/index.ts';
import { proofRuns, withController } from '../../../roles/proof/plan.ts';

describe("a proof's plan", () => {
  it('begins with the control, whatever is asked for', () => {
    assert.deepEqual(
      proofRuns('kill-leader,cut-link', 2, undefined).map(({ name }) => name),
      ['control-1', 'kill-leader-1', 'kill-leader-2', 'cut-link-1', 'cut-link-2'],
    );
    assert.deepEqual(
      proofRuns('control', 3, undefined).map(({ name }) => name),
      ['control-1'],
    );
  });

  it('repeats a scenario as often as it says itself', () => {
    assert.deepEqual(
      proofRuns('kill-leader:1,cut-link', 2, undefined).map(({ name }) => name),
      ['control-1', 'kill-leader-1', 'cut-link-1', 'cut-link-2'],
    );
    assert.throws(() => proofRuns('cut-link:0', 2, undefined), { kind: 'input' });
  });

  it('leaves scaling out of all when there is no spare host', () => {
    const names = (spare: string | undefined) => proofRuns('all', 1, spare).map(({ scenario }) => scenario);
    assert.ok(!names(undefined).includes('scale'));
    assert.ok(names('hadoop004').includes('scale'));
    assert.throws(() => proofRuns('scale', 1, undefined), { kind: 'input', next: /spare=HOST/ });
  });

  it('refuses a scenario that does not exist, and names those that do', () => {
    assert.throws(() => proofRuns('kill-laeder', 1, undefined), { kind: 'input', next: /kill-leader/ });
  });

  const text = (connection: string) => `all:
  children:
    brokers: { hosts: { n1: { ansible_connection: ${connection}, lab_name: mine }, n2: { ansible_connection: lab, lab_name: mine } } }
    spares: { hosts: { n4: {} } }
`;

  it('knows a lab from a cluster, and the controller', () => {
    const found = withController(parseInventory(text('lab'), 'lab.yml'));
    assert.deepEqual([found.lab, found.hosts], ['mine', ['n1', 'n2']]);
    assert.equal(found.inventory.hosts.get('localhost')?.vars.ansible_connection, 'local');
    assert.equal(withController(parseInventory(text('ssh'), 'real.yml')).lab, undefined);
  });
});
