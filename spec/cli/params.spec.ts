import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Workplace } from './command.ts';

const INVENTORY = `all:
  vars:
    ansible_connection: local
    ansible_become: false
  hosts:
    one:
`;

/** Leaves what it was given in a file. */
const PLAYBOOK = `import { action, defineParametricPlaybook, sh } from 'ts-play';

const told: string = import.meta.dirname + '/told';

export default defineParametricPlaybook({
  name: 'tell',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: {
      node: { type: 'string', description: 'Which node.' },
      offline: { type: 'boolean', default: false, description: 'While nothing runs.' },
      max_rounds: { type: 'integer', default: 3, description: 'How many rounds.' },
      mode: { type: 'string', enum: ['fast', 'safe'], description: 'How.' },
      queues: { type: 'array', items: { type: 'string' }, default: [], description: 'Which queues.' },
      ports: { type: 'array', items: { type: 'integer' }, default: [], description: 'Which ports.' },
      limit: { type: 'integer', default: 0, description: 'Called as one of ours.' },
      extraVars: { type: 'string', description: 'Called as the value of one of ours.' },
      version: { type: 'string', description: 'Which version.' },
      token: { type: 'string', format: 'secret', default: 'hush', description: 'A secret.' },
    },
  },
  make: ({ params: { token, ...params } }) => ({
    plays: [
      { name: 'tell', hosts: 'one', tasks: [action({ title: 'tell', run: sh\`echo \${JSON.stringify(params)} >\${told}\` })] },
    ],
  }),
});
`;

const PLAIN = `import { action, definePlaybook, sh } from 'ts-play';
const told: string = import.meta.dirname + '/told';
export default definePlaybook({
  plays: [{ name: 'plain', hosts: 'one', tasks: [action({ title: 'tell', run: sh\`echo plain >\${told}\` })] }],
});
`;

describe('parameters as options', () => {
  const place = new Workplace();
  before(() => place.write({ 'hosts.yml': INVENTORY, 'tell.ts': PLAYBOOK, 'plain.ts': PLAIN }));
  after(() => place.dispose());
  beforeEach(() => rmSync(place.path('told'), { force: true }));

  const wasTold = () =>
    existsSync(place.path('told')) ? readFileSync(place.path('told'), 'utf8').trim() : undefined;
  const told = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await place.run('tell.ts', '-i', 'hosts.yml', ...args);
    assert.equal(code, 0, stdout + stderr);
    return JSON.parse(wasTold() ?? '');
  };
  const refused = async (args: readonly string[], ...words: readonly RegExp[]) => {
    const outcome = await place.run(...args);
    assert.equal(outcome.code, 1, `${args.join(' ')}: ${outcome.stdout}${outcome.stderr}`);
    for (const each of words) assert.match(outcome.stderr, each);
    assert.equal(wasTold(), undefined, 'a host was contacted');
    return outcome;
  };
  const site = ['tell.ts', '-i', 'hosts.yml', '--node', 'n1'];

  it('may be a version, which is nothing of ours behind a playbook', async () => {
    await refused(['plain.ts', '-i', 'hosts.yml', '--version'], /unknown option '--version'/);
    assert.equal((await told('--node', 'n1', '--version', '3.12.14')).version, '3.12.14');
  });

  it('give values in the ways of options', async () => {
    const defaults = { node: 'n1', offline: false, max_rounds: 3, queues: [], ports: [], limit: 0 };
    assert.deepEqual(await told('--node', 'n1'), defaults);
    assert.deepEqual(await told('--node=n1', '--offline', '--max-rounds', '5', '--mode', 'fast'), {
      ...defaults,
      offline: true,
      max_rounds: 5,
      mode: 'fast',
    });
    assert.deepEqual(await told('--max_rounds=7', '--node', 'n1', '--offline=true', '--extraVars', 'x'), {
      ...defaults,
      offline: true,
      max_rounds: 7,
      extraVars: 'x',
    });
  });

  it('take lists, item by item or as JSON', async () => {
    const { queues, ports } = await told(
      '--node',
      'n1',
      '--queues',
      '7',
      '--queues',
      'b',
      '--ports',
      '[1, 2]',
    );
    assert.deepEqual(
      [queues, ports],
      [
        ['7', 'b'],
        [1, 2],
      ],
    );
    const one = await told('--node', 'n1', '--ports', '7');
    assert.deepEqual(one['ports'], [7]);
  });

  it('win over -e, also to say no', async () => {
    const extra = ['-e', 'node=e offline=true max_rounds=9'];
    const all = await told(...extra, '--node', 'o', '--no-offline', '--max-rounds', '2');
    assert.deepEqual([all['node'], all['offline'], all['max_rounds']], ['o', false, 2]);
    const some = await told('--offline=false', ...extra);
    assert.deepEqual([some['node'], some['offline'], some['max_rounds']], ['e', false, 9]);
  });

  it("leave the program's own options alone", async () => {
    const { limit } = await told('--node', 'n1', '--limit', 'one', '-e', 'limit=4');
    assert.equal(limit, 4);
  });

  it('are checked, each with its place', async () => {
    await refused(
      [...site, '--max-rounds', 'many'],
      /max_rounds of playbook tell must be integer\n {2}at: --max-rounds\n/,
    );
    await refused(['tell.ts', '-i', 'hosts.yml', '--offline'], /needs the variable node/);
    await refused([...site, '--offline=perhaps'], /true or false/);
    await refused([...site, '--mode', 'quick'], /Allowed choices are fast, safe/);
    await refused(['tell.ts', '-i', 'hosts.yml', '--node'], /'--node <value>' argument missing/);
    await refused(['tell.ts', '--node', 'n1'], /no inventory given/);
  });

  it('that are none are refused, with the one that was meant, and without their value', async () => {
    await refused(
      [...site, '--max-round', '5'],
      /unknown option '--max-round'\n\(Did you mean --max-rounds\?\)/,
    );
    const { stderr } = await refused(
      [...site, '--tokne=geheim'],
      /unknown option '--tokne'\n\(Did you mean --token\?\)/,
    );
    assert.doesNotMatch(stderr, /geheim/);
    await refused([...site, '--chekc'], /Did you mean --check/);
    await refused([...site, '-x'], /unknown option '-x'/);
    await refused([...site, 'more.ts'], /too many arguments/);
    await refused(['plain.ts', '-i', 'hosts.yml', '--node', 'n1'], /unknown option '--node'/);
    await refused(['plain.ts', '-i', 'hosts.yml', '--no-wirte'], /Did you mean --no-write/);
    await refused(['--node', 'n1', 'tell.ts', '-i', 'hosts.yml'], /unknown option '--node'/);
    await refused(
      ['tel.ts', '-i', 'hosts.yml', '--node', 'n1'],
      /no such playbook: tel.ts/,
      /did you mean tell.ts/,
    );
  });

  it('end a json output with a recap when they are wrong', async () => {
    for (const args of [
      [...site, '--nod', 'x', '--output', 'json'],
      [...site, '--max-rounds=x', '--output=json'],
      ['tel.ts', '--node', 'x', '--output', 'json'],
    ]) {
      const { stdout } = await refused(args);
      const recap = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
      assert.deepEqual(recap, { type: 'recap', exitCode: 1, durationMs: 0, hosts: {} });
    }
  });

  it('are listed by --help after the playbook', async () => {
    const { code, stdout, stderr } = await place.run('tell.ts', '--help');
    assert.deepEqual([code, stderr], [0, '']);
    const [general = '', own = ''] = stdout.split('Parameters of tell, each also as -e name=value:');
    assert.match(general, /--skip-tags/);
    assert.match(own, /^ {2}--node <value> +Which node\. \(required\)$/m);
    assert.match(own, /^ {2}--offline \[true\|false\] +While nothing runs\. \(default: false\)$/m);
    assert.match(own, /^ {2}--max-rounds <n> +How many rounds\. \(default: 3\)$/m);
    assert.match(own, /--mode <value> +How\. \(choices: "fast",\s+"safe"\)/);
    assert.match(own, /only -e can give:\n {2}-e limit=<n> {2}Called as one of ours\. \(default: 0\)$/m);
    assert.doesNotMatch(stdout, /max_rounds|hush|--no-offline/);

    const plain = await place.run('plain.ts', '--help');
    assert.deepEqual(plain, await place.run('plain.ts', '-h'));
    assert.match(plain.stdout, /--skip-tags/);
    assert.doesNotMatch(plain.stdout, /Parameters/);
  });
});
