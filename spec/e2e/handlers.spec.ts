import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptsEnded } from './support/cluster.ts';
import { lab, on, type Played, play, tasksWith, troubles } from './support/lab.ts';

/** A service that listens on the port its configuration names, restarted when that changes, and waited for. */
const PLAYBOOK = `import { action, definePlaybook, file, packages, restart, service, sh, until } from 'ts-play';

const UNIT = \`[Unit]
StartLimitIntervalSec=0
[Service]
SuccessExitStatus=143
EnvironmentFile=/etc/parrot.conf
ExecStartPre=/bin/sh -c 'test "$PORT" -gt 0'
ExecStart=/usr/bin/socat TCP-LISTEN:\\\${PORT},fork,reuseaddr EXEC:/bin/cat
[Install]
WantedBy=multi-user.target
\`;

export default definePlaybook({
  plays: [{
    name: 'parrot',
    hosts: 'hadoop001',
    tasks: ({ vars: { port, slow } }) => [
      packages({ names: 'socat' }),
      file({ path: '/etc/systemd/system/parrot.service', content: UNIT }, { notify: restart('parrot') }),
      file({ path: '/etc/parrot.conf', content: \`PORT=\${port}\\n\` }, { notify: restart('parrot') }),
      ...(slow ? [action({ title: 'slow', run: sh\`echo begun; sleep 3\` })] : []),
      service({ name: 'parrot', state: 'started', enabled: true }),
      until({
        that: \`port \${port} is open\`,
        probe: sh\`ss -Hltn sport = :\${String(port)}\`,
        holds: ({ stdout }) => stdout !== '' || 'nobody listens',
        within: 5,
      }),
      file({ path: '/etc/parrot.seen', content: \`\${port}\\n\` }),
    ],
  }],
});
`;

const RESTART = 'hadoop001 | tasks | restart parrot';
const CONF = 'hadoop001 | tasks | file /etc/parrot.conf';
const SEEN = 'hadoop001 | tasks | file /etc/parrot.seen';

describe('a restart that is waited for, on a real host', function () {
  this.timeout('3m');

  let folder: string;
  let file: string;
  before(async () => {
    await lab('down');
    await lab('up', '--hosts', '1');
    folder = await mkdtemp(join(tmpdir(), 'ts-play-handlers-'));
    file = join(folder, 'play.ts');
    await writeFile(file, PLAYBOOK);
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab('down');
  });

  /** Runs it with the port; one that waits without end is cut off, and so fails. */
  const parrot = (port: string | number, ...args: readonly string[]) =>
    play(file, ['-e', `port=${port}`, ...args], { limit: 60_000 });

  /** Ends the run without warning once the configuration is written, before anything is restarted. */
  async function killedAfterChange(port: string | number): Promise<void> {
    const killed = await play(file, ['-e', `port=${port}`, '-e', 'slow=yes'], {
      limit: 60_000,
      onLine: (line, kill) => {
        if (line.includes('"begun"')) kill('SIGKILL');
      },
    }).catch((error: unknown) => error);
    assert.ok(killed instanceof Error, 'it was killed before it could say how it went');
    // Its script runs on, and until that has ended the next run is refused.
    await scriptsEnded(['hadoop001']);
    assert.equal(await on('hadoop001', 'cat /etc/parrot.conf'), `PORT=${port}`);
    assert.match(await on('hadoop001', 'ls /var/lib/ts-play/owed'), /restart%20parrot/);
  }

  const pid = () => on('hadoop001', 'systemctl show -p MainPID --value parrot');
  const failures = () => on('hadoop001', 'journalctl -b -u parrot --no-pager | grep -c "Failed with" || :');
  const ports = () => on('hadoop001', 'ss -Hltnp | awk \'/socat/ { sub(/.*:/, "", $4); print $4 }\'');
  /** What was told of the restart, the wait and what stands behind it, in order. */
  const order = ({ events }: Played) =>
    events.flatMap((event) =>
      event.type === 'task' && /restart|wait|seen/.test(event.task)
        ? [`${event.task.replace(/\d+/, 'N')} ${event.status}`]
        : [],
    );
  const inOrder = ['restart parrot changed', 'wait until port N is open ok', 'file /etc/parrot.seen changed'];

  it('is done before the wait in the first run, and changes what check mode predicted', async () => {
    const predicted = await parrot(8081, '--check');
    const first = await parrot(8081);
    assert.equal(first.code, 0, troubles(first));
    assert.deepEqual(order(first), inOrder);
    assert.deepEqual(tasksWith('changed', first), tasksWith('changed', predicted));
    assert.equal(await ports(), '8081');
    assert.equal(first.recap.hosts.hadoop001?.changed, tasksWith('changed', first).length);
  });

  it('is done before the wait when the port changes', async () => {
    const predicted = await parrot(8082, '--check');
    const before = await pid();
    const played = await parrot(8082);
    assert.equal(played.code, 0, troubles(played));
    assert.deepEqual(order(played), inOrder);
    assert.deepEqual(tasksWith('changed', played), [CONF, SEEN, RESTART]);
    assert.deepEqual(tasksWith('changed', predicted), [CONF, SEEN, RESTART]);
    assert.equal(await ports(), '8082');
    assert.notEqual(await pid(), before);
  });

  it('costs a converged host one round trip', async () => {
    const played = await parrot(8082);
    assert.deepEqual(tasksWith('changed', played), []);
    assert.equal(played.recap.hosts.hadoop001?.roundTrips, 1);
  });

  it('is made up for, before the wait, when a run was killed between change and restart', async () => {
    await killedAfterChange(8083);
    assert.equal(await ports(), '8082', 'the old one still runs');
    const predicted = await parrot(8083, '--check');
    assert.deepEqual(tasksWith('changed', predicted), [SEEN, RESTART]);
    const next = await parrot(8083);
    assert.equal(next.code, 0, troubles(next));
    assert.deepEqual(tasksWith('changed', next), [SEEN, RESTART]);
    assert.deepEqual(order(next), inOrder);
    assert.equal(await ports(), '8083');
    assert.equal(await on('hadoop001', 'ls /var/lib/ts-play/owed'), '');
  });

  it('fails with its reason on a broken configuration, and passes once that is mended', async () => {
    const broken = await parrot('none');
    assert.equal(broken.code, 2, troubles(broken));
    assert.deepEqual(tasksWith('failed', broken), [RESTART]);
    const mended = await parrot(8084);
    assert.equal(mended.code, 0, troubles(mended));
    assert.equal(await ports(), '8084');
  });

  it('does not take the service down with a broken configuration that a killed run has left', async () => {
    await killedAfterChange('none');
    const before = await failures();
    const mended = await parrot(8085);
    assert.equal(mended.code, 0, troubles(mended));
    assert.deepEqual(tasksWith('changed', mended), [CONF, SEEN, RESTART]);
    assert.equal(await ports(), '8085');
    assert.equal(await failures(), before, 'it was not started with the broken one');
  });
});
