import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshLab, scriptsEnded } from './support/cluster.ts';
import { lab, on, play, tasksWith, troubles } from './support/lab.ts';

/** Runs that end before they are done: what was in flight is said, and the next run makes it good. */
describe('interrupted runs on real hosts', function () {
  this.timeout('5m');

  let folder: string;
  before(async () => {
    await freshLab();
    folder = await mkdtemp(join(tmpdir(), 'ts-play-interrupt-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab('down');
  });

  async function playbook(tasks: string): Promise<string> {
    const file = join(folder, 'play.ts');
    await writeFile(
      file,
      `import { action, command, definePlaybook, file, sh } from 'ts-play';
const owed = { name: 'tell', script: sh\`echo told >>/root/told\` };
export default definePlaybook({ plays: [{ name: 'x', hosts: 'hadoop001', tasks: [${tasks}] }] });\n`,
    );
    return file;
  }

  const slow = "action({ title: 'slow', run: sh`echo begun; sleep 271` })";

  it('ends on Ctrl-C with 130, says what was in flight, and leaves nothing running', async () => {
    const played = await play(await playbook(slow), [], {
      onLine: (line, kill) => {
        if (line.includes('"begun"')) kill('SIGINT');
      },
    });
    assert.equal(played.code, 130, troubles(played));
    assert.equal(played.recap.exitCode, 130);
    assert.deepEqual(
      played.recap.interrupted?.map(({ host, task }) => `${host} ${task}`),
      ['hadoop001 slow'],
    );
    assert.equal(await on('hadoop001', 'pgrep -fx "sleep 271" || echo gone'), 'gone');
  });

  it('runs an owed handler in the next run when this one was killed in between', async () => {
    await on('hadoop001', 'rm -f /root/told /etc/owing');
    const file = "file({ path: '/etc/owing', content: 'new\\n' }, { notify: owed })";
    const killed = await play(await playbook(`${file}, ${slow}`), [], {
      onLine: (line, kill) => {
        if (line.includes('"begun"')) kill('SIGKILL');
      },
    }).catch((error: unknown) => error);
    assert.ok(killed instanceof Error, 'it was killed before it could say how it went');
    assert.equal(
      await on('hadoop001', 'cat /etc/owing; cat /root/told 2>/dev/null || echo untold'),
      'new\nuntold',
    );
    const check = await play(await playbook(file), ['--check']);
    assert.deepEqual(tasksWith('changed', check), ['hadoop001 | tasks | tell']);
    const refused = await play(await playbook(file));
    assert.equal(refused.code, 2, 'the script of the killed run still runs');
    const [end = ''] = /kill -TERM -\d+/.exec(troubles(refused)) ?? [];
    assert.notEqual(end, '', troubles(refused));
    await on('hadoop001', end);
    await scriptsEnded(['hadoop001']);
    const next = await play(await playbook(file));
    assert.deepEqual(tasksWith('changed', next), ['hadoop001 | tasks | tell'], troubles(next));
    assert.equal(await on('hadoop001', 'cat /root/told'), 'told');
    const last = await play(await playbook(file));
    assert.deepEqual(tasksWith('changed', last), []);
  });

  it('says what was in flight when a host is lost in the middle of a change', async () => {
    const played = await play(await playbook(slow), [], {
      onLine: (line) => {
        if (line.includes('"begun"')) void lab('kill', 'hadoop001');
      },
    });
    assert.equal(played.code, 4, troubles(played));
    assert.equal(played.recap.hosts.hadoop001?.unreachable, 1);
    const lost = played.events.find((event) => event.type === 'unreachable');
    assert.match(JSON.stringify(lost), /slow/);
    await lab('start', 'hadoop001');
  });
});
