import assert from 'node:assert/strict';
import type { RunEvent } from '../../lib/model/events.ts';
import { Workplace } from './command.ts';

const FILES = {
  'hosts.yml': 'all:\n  hosts:\n    here:\n      ansible_connection: local\n',
  'site.ts': `import { command, definePlaybook, secret, sh } from 'ts-play';
const to: string = import.meta.dirname;
export default definePlaybook({
  plays: [{ name: 'p', hosts: 'all', tasks: [command({ run: sh\`echo \${secret("it's-hidden")} >\${to}/made; echo done\`, creates: \`\${to}/made\` })] }],
});
`,
  'vars.ts': `import { check, definePlay, definePlaybook, sh } from 'ts-play';
const web = definePlay({
  name: 'web',
  hosts: 'all',
  vars: {
    type: 'object',
    additionalProperties: false,
    properties: { port: { type: 'integer', minimum: 1, default: 80, description: 'The port.' } },
  },
  tasks: ({ vars }) => [check({ that: \`port \${vars.port + 1}\`, probe: sh\`:\`, holds: () => true })],
});
export default definePlaybook({ plays: [web] });
`,
};

describe('the command line', function () {
  this.timeout('1m');

  let place: Workplace;
  before(() => {
    place = new Workplace();
    place.write(FILES);
  });
  after(() => place.dispose());

  it('shows with -vvv the scripts that run and their raw answers, without secrets', async () => {
    const { code, stdout } = await place.run('site.ts', '-i', 'hosts.yml', '-vvv');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /script: here \| exit 0\n(?: {4}\$ .*\n)* {4}\$ echo \*\*\* >\S+made; echo done\n/);
    assert.match(stdout, / {4}> done\n/);
    assert.doesNotMatch(stdout, /hidden/);
    const quiet = await place.run('site.ts', '-i', 'hosts.yml', '-vv');
    assert.doesNotMatch(quiet.stdout, /script:/);
  });

  it('has the status "would change" in the events of check mode', async () => {
    place.write({ 'other.ts': FILES['site.ts'].replaceAll('/made', '/other') });
    const { code, stdout } = await place.run('other.ts', '-i', 'hosts.yml', '--check', '--output', 'json');
    assert.equal(code, 0, stdout);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'task' ? [event.status] : [])),
      ['would change'],
    );
    const recap = events.at(-1);
    assert.equal(recap?.type === 'recap' && recap.hosts['here']?.changed, 1);
  });

  it('takes the variables of a play by its schema', async () => {
    const plain = ['vars.ts', '-i', 'hosts.yml', '--output', 'plain', '-v'];
    const { code, stdout } = await place.run(...plain, '-e', 'port=8080');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /port 8081/);
    const misspelt = await place.run(...plain, '-e', 'prot=80');
    assert.equal(misspelt.code, 1);
    assert.match(misspelt.stderr, /unknown variable prot\n {2}at: -e\n.*\n {2}next: did you mean "port"\?/);
    const wrong = await place.run(...plain, '-e', 'port=x');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /variable port of play web must be integer\n {2}at: host here, -e\n/);
  });
});
