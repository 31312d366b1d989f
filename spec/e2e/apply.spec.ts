import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshLab, scriptsAtWork } from './support/cluster.ts';
import { lab, on, type Played, play, troubles, until } from './support/lab.ts';

const HOST = 'hadoop001';

/** A script that outlives its run never gets a twin: the next run is refused until it has ended. */
describe('applies that outlive their run, on a real host', function () {
  this.timeout('5m');

  let folder: string;
  before(async () => {
    await freshLab([HOST]);
    folder = await mkdtemp(join(tmpdir(), 'ts-play-apply-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab('down');
  });
  beforeEach(() => on(HOST, 'rm -f /root/counter /root/end'));

  /** Appends A, prints until it is told to end, and appends B. */
  const count = `action({ title: 'count', run: sh\`echo A >>/root/counter
i=0; while [ $i -lt 1000 ] && [ ! -e /root/end ]; do echo "at $i"; echo "still at $i" >&2; /bin/echo more; i=$((i + 1)); sleep 0.1; done
echo B >>/root/counter\` })`;
  async function playbook(tasks: string, more = ''): Promise<string> {
    const file = join(folder, 'counter.ts');
    await writeFile(
      file,
      `import { action, definePlaybook, file, sh } from 'ts-play';
export default definePlaybook({ ${more} plays: [{ name: 'x', hosts: '${HOST}', tasks: [${tasks}] }] });\n`,
    );
    return file;
  }
  const locked = "lock: { name: 'counter', hosts: 'hadoop001' },";
  const counted = () => on(HOST, "tr -d '\\n' </root/counter");
  const underway = () => scriptsAtWork(HOST);

  /** Runs until the script is at work, and then does this to the run. @returns its result, if it lived to give one */
  async function runUntil(
    file: string,
    act: (kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<Played | undefined> {
    return play(file, [], {
      onLine: (line, kill) => {
        if (line.includes('"at 10"')) act(kill);
      },
    }).catch(() => undefined);
  }
  /** Tells the script to end, and waits for it. */
  async function end(): Promise<void> {
    await on(HOST, ': >/root/end');
    assert.equal(await until(underway, (pids) => pids === '', 20), '');
  }
  const who =
    /\\"count\\" of \S+counter\.ts, run by \S+@\S+ \(process \d+\), since 20\d\d-\S+; process \d+ on the host/;

  for (const [how, more] of [
    ['without a lock', ''],
    ['with a lock', locked],
  ] as const) {
    it(`refuses the next run while the script of a killed one runs, ${how}`, async () => {
      const file = await playbook(count, more);
      await runUntil(file, (kill) => kill('SIGKILL'));
      const refused = await play(file);
      assert.equal(refused.code, 2, troubles(refused));
      assert.match(JSON.stringify(refused.events), who);
      assert.match(JSON.stringify(refused.events), /kill -TERM -\d+/);
      assert.equal(await counted(), 'A');
      await end();
      assert.equal(await counted(), 'AB', 'the script that was left alone did not come to its end');
      const next = await play(file);
      assert.equal(next.code, 0, troubles(next));
      assert.equal(await counted(), 'ABAB');
    });
  }

  it('lets a script come to its end when the connection is lost, though it prints', async () => {
    const file = await playbook(count);
    const lost = await runUntil(
      file,
      () => void on(HOST, 'kill -KILL $(pgrep -f "^sshd: root@notty")').catch(() => {}),
    );
    assert.equal(lost?.code, 4);
    const refused = await play(file);
    assert.equal(refused.code, 2, troubles(refused));
    assert.match(JSON.stringify(refused.events), who);
    await end();
    assert.equal(await counted(), 'AB');
  });

  it('ends a script in order when its run is hung up', async () => {
    const hungUp = await runUntil(await playbook(count), (kill) => kill('SIGHUP'));
    assert.equal(hungUp?.code, 130);
    assert.deepEqual(
      hungUp.recap.interrupted?.map(({ task }) => task),
      ['count'],
    );
    assert.equal(await underway(), '');
    assert.equal(await counted(), 'A');
  });

  it('leaves no file of an upload that was cut off, or was killed before its apply', async () => {
    const big = join(folder, 'big');
    const handle = await open(big, 'w');
    await handle.truncate(400 * 1024 * 1024);
    await handle.close();
    const sending = play(await playbook(`file({ path: '/root/big', source: '${big}' })`), [], {
      onLine: (line, kill) => {
        if (line.includes('"applying"')) void cut(kill);
      },
    }).catch(() => undefined);
    const left = () => on(HOST, 'ls -d /var/tmp/ts-play-* 2>/dev/null || :');
    async function cut(kill: (signal: NodeJS.Signals) => void): Promise<void> {
      const at = await until(() => on(HOST, 'ls /var/tmp/ts-play-*/*.part 2>/dev/null || :'), Boolean, 20);
      assert.notEqual(at, '', 'nothing was sent');
      kill('SIGKILL');
    }
    await sending;
    // As a run leaves it that is killed after its upload: the folder of a shell that is gone, and what it had sent.
    await on(HOST, 'mkdir /var/tmp/ts-play-1-1.abcdef; : >/var/tmp/ts-play-$(printf "%064d" 7)');
    const next = await play(await playbook("file({ path: '/root/small', content: 'x' })"));
    assert.equal(next.code, 0, troubles(next));
    assert.equal(await left(), '');
  });
});
