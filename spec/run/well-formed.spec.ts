import assert from 'node:assert/strict';
import { noExtraVars } from '../../lib/inventory/extra-vars.ts';
import { plan } from '../../lib/run/plan.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { inventory, role, Site } from './site.ts';
import { thing } from './things.ts';

describe('a playbook that is something else', () => {
  const good = role('good', () => () => []);
  const mistake = (playbook: unknown): PlayError => {
    try {
      plan(playbook as never, inventory, noExtraVars, {});
    } catch (thrown) {
      assert.ok(thrown instanceof PlayError, String(thrown));
      assert.equal(thrown.kind, 'input');
      return thrown;
    }
    throw new Error('it passed');
  };
  const inPlay = (play: object) =>
    mistake({ plays: [{ hosts: 'web' }, { name: 'p', hosts: 'web', ...play }] });

  it('is refused: a role that was not called', () => {
    const { what, next } = inPlay({ roles: [good(), good] });
    assert.equal(what, 'roles[1] of play "p" is the role good that was not called');
    assert.match(next ?? '', /in parentheses/);
    assert.match(inPlay({ roles: [() => 1] }).what, /roles\[0\] of play "p" is a role that was not called/);
  });

  it('is refused: a role that is none', () => {
    const { what, why } = inPlay({ roles: [undefined] });
    assert.equal(what, 'roles[0] of play "p" is undefined, not a role');
    assert.match(why ?? '', /does not export/);
    for (const [value, word] of [
      [false, 'false'],
      ['geheim', 'text'],
      [{}, 'an object'],
      [Promise.resolve(), 'a promise'],
    ])
      assert.equal(inPlay({ roles: [value] }).what, `roles[0] of play "p" is ${word}, not a role`);
    assert.match(inPlay({ roles: good() }).what, /roles of play "p" is an object, not a list of roles/);
  });

  it('is refused: a role that defineRole did not make', () => {
    const { what, next } = inPlay({ roles: [{ ...good() }] });
    assert.equal(what, 'roles[0] of play "p" was not made by a role');
    assert.match(next ?? '', /defineRole/);
  });

  it('is refused: a role or a task of an incompatible version, with both versions', () => {
    const theirs = { contract: 99, version: '9.8.7' };
    const foreign = { ...good(), [Symbol.for('ts-play.role')]: theirs };
    assert.match(
      inPlay({ roles: [foreign] }).what,
      /^roles\[0\] of play "p" is made for ts-play 9\.8\.7, which is incompatible with this one, \d+\.\d+\.\d+$/,
    );
    const task = { probe: { script: { [Symbol.for('ts-play.script')]: theirs } } };
    assert.match(
      inPlay({ tasks: [task] }).what,
      /item 1 is a task of ts-play 9\.8\.7, which is incompatible/,
    );
  });

  it('is refused: steps, tasks and plays that are none', () => {
    const broken = role('broken', undefined as never);
    assert.equal(
      inPlay({ roles: [broken()] }).what,
      'steps[0] of roles[0] of play "p" is undefined, not a step',
    );
    assert.equal(inPlay({ tasks: {} }).what, 'tasks of play "p" is an object, not a list of tasks');
    const two = [thing({ name: 'x', value: 'v' }), undefined];
    assert.equal(
      inPlay({ tasks: two }).what,
      'tasks of play "p" is a list whose item 2 is undefined, not a task',
    );
    assert.match(inPlay({ undo: two }).what, /undo of play "p"/);
    assert.match(inPlay({ hosts: undefined }).what, /hosts of play "p" is undefined/);
    assert.equal(mistake({ plays: [undefined] }).what, 'plays[0] is undefined, not a play');
    assert.equal(mistake({}).what, 'a playbook needs a list of plays, not undefined');
    assert.equal(mistake({ plays: [] }).what, 'nothing is to be done: the playbook has no plays');
    assert.match(mistake({ plays: [{ hosts: 'web', roles: [1] }] }).what, /of play "play 1" is a number/);
  });

  it('passes when it is none of that', () => {
    const tasks = () => [thing({ name: 'x', value: 'v' })];
    const playbook = { plays: [{ name: 'p', hosts: 'web', roles: [good()], tasks, undo: tasks }] };
    assert.equal(plan(playbook, inventory, noExtraVars, {}).length, 1);
  });
});

describe('a step that lays out something else', () => {
  const failure = async (...steps: readonly unknown[]) => {
    const site = new Site();
    const tasks = () => [thing({ name: 'later', value: 'new' })];
    const result = await site.run([{ hosts: 'h1', roles: [role('r', ...(steps as never[]))()], tasks }]);
    assert.equal(result.exitCode, 2);
    assert.deepEqual(result.tasks, []);
    const [failed] = site.of('host-failed');
    assert.match(failed?.error.next ?? '', /\(host\) => \[/);
    return failed?.error.what;
  };

  it('fails by its name', async () => {
    const step = () => () => [];
    assert.equal(
      await failure(step, () => undefined),
      'step 2 of role r in play "p1" gives undefined instead of a function that lays out a host\'s tasks',
    );
    assert.equal(
      await failure(() => () => undefined),
      'step 1 of role r in play "p1" lays out undefined, not a list of tasks',
    );
    assert.equal(
      await failure(() => () => [false]),
      'step 1 of role r in play "p1" lays out a list whose item 1 is false, not a task',
    );
  });

  it('is told the same of tasks of the play itself', async () => {
    const site = new Site();
    await site.run([{ hosts: 'h1', tasks: (() => undefined) as never }]);
    assert.equal(
      site.of('host-failed')[0]?.error.what,
      'tasks of play "p1" lays out undefined, not a list of tasks',
    );
  });
});
