import assert from 'node:assert/strict';
import type { ExtraVars } from '../../lib/inventory/extra-vars.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import type { Play, PlayHost } from '../../lib/model/play.ts';
import { defineRole, type RoleUse } from '../../lib/model/role.ts';
import { type PlannedPlay, plan, type Selection } from '../../lib/run/plan.ts';
import { refuseUsedTemplates } from '../../lib/run/used-templates.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { Secret, secret } from '../../lib/util/secret.ts';

const inventory = parseInventory(
  `all:
  vars:
    web_port: 1000
  children:
    web:
      hosts:
        web[1:5]:
      vars:
        web_mode: fast
    db:
      hosts:
        db1:
          web_port: 2000
`,
  'hosts.yml',
);

const web = defineRole({
  name: 'web',
  description: 'd',
  prefix: 'web_',
  vars: {
    type: 'object',
    additionalProperties: false,
    required: ['web_mode'],
    properties: {
      web_mode: { type: 'string', enum: ['fast', 'safe'], description: 'how it works' },
      web_port: { type: 'integer', default: 80, minimum: 1, description: 'its port' },
      web_open: { type: 'boolean', default: false, description: 'for all' },
      web_names: { type: 'array', items: { type: 'string' }, default: ['a'], description: 'names' },
      web_password: { type: 'string', format: 'secret', description: 'a password' },
      web_users: {
        type: 'array',
        description: 'accounts',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: { name: { type: 'string' }, password: { type: 'string', format: 'secret' } },
        },
      },
    },
  },
  steps: [() => () => []],
});

const noExtra: ExtraVars = { vars: {}, loose: new Set() };
const loose = (vars: Readonly<Record<string, string>>): ExtraVars => ({
  vars,
  loose: new Set(Object.keys(vars)),
});

function planned(
  play: Partial<Play>,
  { extra = noExtra, ...selection }: Selection & { extra?: ExtraVars } = {},
): PlannedPlay {
  const [first] = plan({ plays: [{ name: 'p', hosts: 'web', ...play }] }, inventory, extra, selection);
  assert.ok(first);
  return first;
}

function batches(serial: Play['serial'], limit?: string): string[][] {
  return planned({ ...(serial === undefined ? {} : { serial }) }, { limit }).batches.map((batch) =>
    batch.map(({ name }) => name.slice(3)),
  );
}

function vars(use: RoleUse, host = 'web1', extra = noExtra) {
  const { roles } = planned({ hosts: 'all', roles: [use] }, { extra });
  return roles[0]?.vars.get(host) ?? {};
}

function mistake(act: () => unknown): PlayError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof PlayError, String(error));
    assert.equal(error.kind, 'input');
    return error;
  }
  throw new Error('nothing was wrong');
}

const ok = { web_mode: 'safe' } as const;

describe('plan', () => {
  describe('serial', () => {
    it('makes one batch of all when it is left out', () => {
      assert.deepEqual(batches(undefined), [['1', '2', '3', '4', '5']]);
    });

    it('takes a size, text too, and more than there are', () => {
      assert.deepEqual(batches(2), [['1', '2'], ['3', '4'], ['5']]);
      assert.deepEqual(batches('2'), [['1', '2'], ['3', '4'], ['5']]);
      assert.deepEqual(batches(9), [['1', '2', '3', '4', '5']]);
    });

    it('takes a percentage, rounded down, at least one', () => {
      assert.deepEqual(batches('50%'), [['1', '2'], ['3', '4'], ['5']]);
      assert.equal(batches('1%').length, 5);
      assert.equal(batches('100%').length, 1);
    });

    it('takes a list of sizes, of which the last goes on', () => {
      assert.deepEqual(batches([1, '50%']), [['1'], ['2', '3'], ['4', '5']]);
      assert.deepEqual(batches([3, 1]), [['1', '2', '3'], ['4'], ['5']]);
    });

    it('counts percentages of the hosts that a limit leaves', () => {
      assert.deepEqual(batches('50%', 'web1,web4'), [['1'], ['4']]);
    });

    for (const size of [0, -1, 1.5, 'many', '%', '-5%']) {
      it(`refuses ${size}`, () => {
        assert.match(mistake(() => batches(size)).what, /serial must be a positive number or a percentage/);
      });
    }
  });

  describe('hosts', () => {
    const names = (play: Partial<Play>, selection: Selection = {}) =>
      planned(play, selection).hosts.map(({ name }) => name);

    it('stand in the play’s order, whatever the limit’s is', () => {
      assert.deepEqual(names({ hosts: 'db,web' }, { limit: 'web3,db1,web1' }), ['db1', 'web1', 'web3']);
    });

    it('outside the limit are known all the same', () => {
      assert.equal(planned({}, { limit: 'web2' }).allHosts.length, 5);
    });

    it('refuses a limit that leaves none, in the inventory or in any play', () => {
      assert.match(mistake(() => planned({}, { limit: 'web9' })).next ?? '', /did you mean "web/);
      assert.match(mistake(() => planned({}, { limit: 'db1' })).what, /leaves no host of any play/);
    });

    it('refuses an unknown group with the nearest', () => {
      const error = mistake(() => planned({ hosts: 'webb' }));
      assert.match(error.what, /no host or group is called "webb"/);
      assert.match(error.next ?? '', /did you mean "web"/);
    });

    it('tells where the mistake in a pattern stands', () => {
      assert.equal(mistake(() => planned({ hosts: 'all:!wbe*' })).where.file, 'hosts of play "p"');
      assert.equal(mistake(() => planned({}, { limit: 'all:!wbe*' })).where.file, '--limit');
      const plays = [{ name: 'p', hosts: 'web' }];
      const lock = { name: 'l', hosts: 'wbe' };
      const error = mistake(() => plan({ plays, lock }, inventory, noExtra, {}));
      assert.equal(error.where.file, 'hosts of the lock "l"');
    });

    describe('in an inventory with an empty group', () => {
      const sparse = parseInventory(
        'all:\n  children:\n    web: { hosts: { web1: } }\n    spares:\n    old: { hosts: }\n',
        'hosts.yml',
      );
      const told = (plays: readonly Partial<Play>[], lock?: string) => {
        const texts: string[] = [];
        const full = plays.map((play, i) => ({ name: `p${i + 1}`, hosts: 'web', tasks: () => [], ...play }));
        const playbook = { plays: full, ...(lock === undefined ? {} : { lock: { name: 'l', hosts: lock } }) };
        const left = plan(playbook, sparse, noExtra, {}, (text) => texts.push(text));
        return [left.map(({ name }) => name).join(), ...texts];
      };

      it('tell which play has none, and why', () => {
        assert.deepEqual(told([{}, { hosts: 'spares' }, { hosts: 'web:!all' }, { hosts: 'z*' }]), [
          'p1',
          'play "p2" has no hosts: the group spares (hosts.yml:4:5) has no hosts',
          'play "p3" has no hosts: "web:!all" leaves none',
          'play "p4" has no hosts: "z*" in a host pattern matches nothing: it matches no name of a host or group',
        ]);
        assert.deepEqual(told([{ hosts: 'web,z*' }]), [
          'p1',
          'hosts of play "p1": "z*" in a host pattern matches nothing: it matches no name of a host or group',
        ]);
        assert.deepEqual(told([{ hosts: 'all:!spares' }]), ['p1']);
      });

      it('refuses a playbook of which no play has any', () => {
        const error = mistake(() => told([{ hosts: 'spares' }, { hosts: 'old' }]));
        assert.equal(error.what, 'nothing is to be done: no play has a host');
        assert.match(error.why ?? '', /play "p1": the group spares .*\nplay "p2": the group old/);
      });

      it('tell of a lock that keeps nobody out', () => {
        assert.match(
          told([{}], 'spares')[1] ?? '',
          /the lock "l" keeps nobody out.*spares \(hosts\.yml:4:5\)/,
        );
        assert.deepEqual(told([{}], 'web'), ['p1']);
      });

      it('tell of a play that has nothing to do', () => {
        for (const play of [{ tasks: undefined as never }, { tasks: [], roles: [], gates: [] }])
          assert.match(told([play])[1] ?? '', /play "p1" has neither roles nor tasks nor gates/);
        assert.deepEqual(told([{ tasks: [], gates: [() => []] as never }]), ['p1']);
      });
    });

    it('leaves out plays without one', () => {
      const plays = [
        { name: 'a', hosts: 'web' },
        { name: 'b', hosts: 'db' },
      ];
      assert.deepEqual(
        plan({ plays }, inventory, noExtra, { limit: 'db1' }).map(({ name }) => name),
        ['b'],
      );
    });
  });

  describe('roles', () => {
    it('asked for by name are the only ones; an unknown one is refused with the nearest', () => {
      assert.equal(planned({ roles: [web(ok)] }, { roles: ['web'] }).roles.length, 1);
      assert.match(
        mistake(() => planned({ roles: [web(ok)] }, { roles: ['webb'] })).next ?? '',
        /did you mean "web"/,
      );
      assert.match(mistake(() => planned({}, { roles: ['x'] })).next ?? '', /roles are: none/);
    });

    it('that validate refuses are told with the role’s name', () => {
      const strict = defineRole({
        ...web.definition,
        validate(hosts) {
          throw new Error(`${hosts.length} hosts are too few`);
        },
      });
      const error = mistake(() => planned({ roles: [strict(ok)] }));
      assert.deepEqual([error.what, error.where.role], ['5 hosts are too few', 'web']);
    });

    it('keep what validate says of why and what next', () => {
      const strict = defineRole({
        ...web.definition,
        validate() {
          throw new PlayError({ kind: 'failed', what: 'no', why: 'because', next: 'type this' });
        },
      });
      const error = mistake(() => planned({ roles: [strict(ok)] }));
      assert.deepEqual([error.why, error.next, error.where.role], ['because', 'type this', 'web']);
    });
  });

  describe('variables', () => {
    it('come from -e, then the playbook, then the inventory, then defaults', () => {
      assert.equal(vars(web(ok))['web_port'], 1000);
      assert.equal(vars(web(ok), 'db1')['web_port'], 2000);
      assert.equal(vars(web({ ...ok, web_port: 3000 }), 'db1')['web_port'], 3000);
      assert.equal(
        vars(web({ ...ok, web_port: 3000 }), 'db1', loose({ web_port: '4000' }))['web_port'],
        4000,
      );
      assert.deepEqual(vars(web(ok))['web_names'], ['a']);
      assert.equal(vars(web({ ...ok, web_port: undefined }))['web_port'], 1000);
    });

    it('given as key=value become what the schema asks for', () => {
      const given = vars(
        web(),
        'web1',
        loose({ web_open: 'true', web_names: '["x"]', web_mode: 'safe', web_password: '0123' }),
      );
      assert.deepEqual([given['web_open'], given['web_names'], given['web_mode']], [true, ['x'], 'safe']);
      assert.equal((given['web_password'] as Secret).reveal(), '0123');
      assert.equal(vars(web(ok), 'web1', loose({ web_open: 'false' }))['web_open'], false);
    });

    it('given as JSON keep their types', () => {
      const error = mistake(() => vars(web(ok), 'web1', { vars: { web_port: '80' }, loose: new Set() }));
      assert.match(error.what, /web_port of role web must be integer/);
    });

    it('of hosts are not shared between them', () => {
      const { roles } = planned({ roles: [web(ok)] });
      const [one, two] = [...(roles[0]?.vars.values() ?? [])];
      assert.notEqual(one?.['web_names'], two?.['web_names']);
    });

    it('that are secret are wrapped, however deep and wherever they come from', () => {
      const users = [
        { name: 'ann', password: 'hunter22' },
        { name: 'bob', password: secret('hunter33') },
        { name: 'cy' },
      ];
      const given = vars(web({ ...ok, web_password: secret('hunter44'), web_users: users as never }));
      assert.ok(given['web_password'] instanceof Secret);
      const [ann, bob, cy] = given['web_users'] as { name: string; password?: Secret }[];
      assert.equal(ann?.password?.reveal(), 'hunter22');
      assert.equal(bob?.password?.reveal(), 'hunter33');
      assert.deepEqual(cy, { name: 'cy' });
      assert.doesNotMatch(JSON.stringify(given), /hunter/);
    });

    it('that are wrong are told with their place, and secrets are not shown', () => {
      const wrong = parseInventory(
        'all:\n  hosts:\n    h:\n      web_mode: fast\n      web_port: "x"\n',
        'hosts.yml',
      );
      const error = mistake(() =>
        plan({ plays: [{ name: 'p', hosts: 'h', roles: [web()] }] }, wrong, noExtra, {}),
      );
      assert.match(error.what, /variable web_port of role web must be integer/);
      assert.match(error.why ?? '', /it is "x"; its port/);
      assert.deepEqual([error.where.host, error.where.file, error.where.line], ['h', 'hosts.yml', 5]);

      assert.equal(mistake(() => vars(web({ ...ok, web_port: 0 }))).where.file, 'the playbook');
      assert.equal(mistake(() => vars(web(ok), 'web1', loose({ web_port: 'x' }))).where.file, '-e');
      assert.match(
        mistake(() => vars(web({ web_mode: 'slow' as never }))).what,
        /allowed values: fast, safe/,
      );
      const hidden = mistake(() => vars(web({ ...ok, web_password: 12345678 as never })));
      assert.match(hidden.why ?? '', /it is \*\*\*/);
      const deep = mistake(() => vars(web({ ...ok, web_users: [{ password: 'hunter22' }] as never })));
      assert.doesNotMatch(JSON.stringify([deep.what, deep.why, deep.next]), /hunter22/);
    });

    it('that are missing are told with what they are for', () => {
      const error = mistake(() => vars(web(), 'db1'));
      assert.match(error.what, /role web needs the variable web_mode/);
      assert.equal(error.where.host, 'db1');
      assert.equal(error.why, 'how it works');
      assert.match(error.next ?? '', /-e web_mode=/);
    });

    it('that hold a template are refused where they are used, with their place', () => {
      const templated = parseInventory(
        'all:\n  vars:\n    web_mode: "{{ mode }}"\n    other: "{{ x }}"\n    web_names: [a, "{{ y }}"]\n  hosts:\n    h:\n',
        'hosts.yml',
      );
      const of = (play: Partial<Play>, extra = noExtra) =>
        plan({ plays: [{ name: 'p', hosts: 'all', ...play }] }, templated, extra, {});
      const error = mistake(() => of({ roles: [web({ web_names: [] })] }));
      assert.match(error.what, /variable web_mode contains a template/);
      assert.deepEqual(error.where, { host: 'h', file: 'hosts.yml', line: 3, column: 15 });
      assert.match(mistake(() => of({ roles: [web(ok)] })).what, /web_names/);
      assert.equal(of({ roles: [web({ ...ok, web_names: [] })] }).length, 1);
      assert.equal(of({ roles: [web({ web_names: [] })] }, loose({ web_mode: 'safe' })).length, 1);
    });

    it('that hold a template are found in a play’s own tasks before they are laid out', () => {
      const templated = parseInventory('all: { hosts: { h: { a: "{{ x }}", b: 1 }, g: { a: 1 } } }', 'f');
      const use = (tasks: Play['tasks'], extra = noExtra) => {
        const plays = plan(
          { plays: [{ name: 'p', hosts: 'all', tasks: tasks ?? [] }] },
          templated,
          extra,
          {},
        );
        refuseUsedTemplates(plays, extra);
      };
      const reads = (name: string) => (host: PlayHost) => {
        assert.ok(host.vars[name] !== undefined, 'some other error');
        return [];
      };
      const error = mistake(() => use(reads('a')));
      assert.match(error.what, /variable a contains a template/);
      assert.deepEqual(error.where, { host: 'h', role: 'tasks', file: 'f', line: 1, column: 25 });
      use(reads('b'));
      use(reads('nothing'));
      use(reads('a'), loose({ a: '1' }));
      const undo = plan(
        { plays: [{ name: 'p', hosts: 'all', tasks: [], undo: reads('a') }] },
        templated,
        noExtra,
        {},
      );
      assert.match(mistake(() => refuseUsedTemplates(undo, noExtra)).what, /variable a/);
    });

    it('tell no address that is a template, and hinder nobody who does not ask for it', () => {
      const templated = parseInventory(
        'all: { children: { web: { hosts: { h: } }, db: { hosts: { d: { ansible_host: "{{ x }}" } } } } }',
        'f',
      );
      const seen: unknown[] = [];
      const asks = defineRole({
        ...web.definition,
        validate: (_, { group }) => void seen.push(...group('db').map(({ name }) => name)),
      });
      const reads = defineRole({
        ...web.definition,
        validate: (_, { group }) => void seen.push(...group('db').map(({ address }) => address)),
      });
      const of = (use: RoleUse) =>
        plan({ plays: [{ name: 'p', hosts: 'web', roles: [use] }] }, templated, noExtra, {});
      of(asks(ok));
      assert.deepEqual(seen, ['d']);
      assert.match(mistake(() => of(reads(ok))).what, /variable ansible_host contains a template/);
    });

    it('that begin like the role’s and are none are refused, with the nearest, wherever they are', () => {
      const misspelt = parseInventory(
        'all:\n  hosts:\n    h:\n      web_mode: fast\n      web_prot: 1\n',
        'hosts.yml',
      );
      const error = mistake(() =>
        plan({ plays: [{ name: 'p', hosts: 'h', roles: [web()] }] }, misspelt, noExtra, {}),
      );
      assert.match(error.what, /unknown variable web_prot for role web/);
      assert.match(error.next ?? '', /did you mean "web_port"/);
      assert.deepEqual([error.where.host, error.where.line, error.where.column], ['h', 5, 7]);
      assert.equal(mistake(() => vars(web(ok), 'web1', loose({ web_prot: '1' }))).where.file, '-e');
      assert.match(mistake(() => vars(web({ ...ok, other: 1 } as never))).what, /unknown variable other/);
      assert.match(
        mistake(() => vars(web(ok), 'web1', loose({ web_zzzzzzz: '1' }))).next ?? '',
        /variables are: web_mode/,
      );
    });

    it('of nobody’s prefix are the user’s own', () => {
      assert.equal(vars(web(ok), 'web1', loose({ mine: 'x' }))['web_port'], 1000);
    });
  });
});
