import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { Workplace } from './command.ts';

const HOSTS = `all:
  hosts:
    here:
      ansible_connection: local
`;

const HELPER = `import { file, type Task } from 'ts-play';
export const fromHelper = (to: string): Task => file({ path: \`\${to}/helper\`, source: 'motd.txt' });
`;

const SITE = `import { definePlaybook, file } from 'ts-play';
import { fromHelper } from './roles/helper.ts';
const to: string = import.meta.dirname;
export default definePlaybook({
  plays: [{ name: 'p', hosts: 'all', tasks: () => [file({ path: \`\${to}/own\`, source: './motd.txt' }), fromHelper(to)] }],
});
`;

const THROWS = `import { defineFact, definePlaybook, defineTask, sh } from 'ts-play';
interface Small { readonly n: number }
const small = defineTask<Small, null>({
  name: 'small',
  title: () => 'small',
  validate({ n }) {
    if (n > 3) throw new Error('n is too large');
  },
  fact: () =>
    defineFact({ name: 'nothing', script: sh\`:\`, parse: () => null }),
  diff: () => [],
  apply: () => sh\`:\`,
});
export default definePlaybook({
  plays: [
    {
      name: 'first',
      hosts: 'all',
      tasks: (host): readonly ReturnType<typeof small>[] => {
        if (host.name === 'here') throw new Error('not on this host');
        return [];
      },
    },
    { name: 'second', hosts: 'all', always: true, tasks: () => [small({ n: 3 }), small({ n: 4 })] },
  ],
});
`;

describe('places in the files of the user', function () {
  this.timeout('1m');

  let place: Workplace;
  before(() => {
    place = new Workplace();
    mkdirSync(place.path('project/roles'), { recursive: true });
    place.write({
      'hosts.yml': HOSTS,
      'project/site.ts': SITE,
      'project/throws.ts': THROWS,
      'project/motd.txt': 'of the playbook\n',
      'project/roles/motd.txt': 'of the role\n',
      'project/roles/helper.ts': HELPER,
    });
  });
  after(() => place.dispose());

  it('local paths are relative to the file that calls the task, wherever ts-play is started', async () => {
    const { code, stdout, stderr } = await place.run('project/site.ts', '-i', 'hosts.yml');
    assert.equal(code, 0, stdout + stderr);
    assert.equal(readFileSync(place.path('project/own'), 'utf8'), 'of the playbook\n');
    assert.equal(readFileSync(place.path('project/helper'), 'utf8'), 'of the role\n');
  });

  it('errors have the place where a tasks function throws, and where a task with wrong arguments is called', async () => {
    const { code, stdout } = await place.run('project/throws.ts', '-i', 'hosts.yml', '--output', 'plain');
    assert.equal(code, 2);
    assert.match(stdout, /failed: here — not on this host\n {2}at: \S*project\/throws\.ts:20:41\n/);
    assert.match(stdout, /failed: here — n is too large\n {2}at: \S*project\/throws\.ts:24:82\n/);
  });
});
