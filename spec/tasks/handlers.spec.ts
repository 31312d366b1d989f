import assert from 'node:assert/strict';
import { daemonReload, reload, restart } from '../../lib/tasks/handlers.ts';
import { inEveryShell } from '../support/sandbox.ts';

inEveryShell('handlers', (box) => {
  const systemctl = (state: string, needs = 'no', fails = ':') =>
    box().standIn(
      'systemctl',
      `case "$*" in
*NeedDaemonReload*) echo NeedDaemonReload=${needs} ;;
*ActiveState*) echo ActiveState=${state} ;;
*restart*) ${fails} ;;
status*) echo last words ;;
esac`,
    );
  const acts = () =>
    box()
      .calls()
      .map((call) => call.slice(1).join(' '))
      .filter((call) => !call.startsWith('show'));

  it('restart, after reading a changed unit file', async () => {
    systemctl('active', 'yes');
    assert.equal((await box().run(restart('web').script, { setE: true })).code, 0);
    assert.deepEqual(acts(), ['daemon-reload', '--no-ask-password restart -- web.service']);
  });

  it('reload what runs, and leave alone what does not', async () => {
    for (const state of ['active', 'inactive']) {
      systemctl(state);
      assert.equal((await box().run(reload('web.service').script, { setE: true })).code, 0);
      assert.deepEqual(acts(), ['--no-ask-password try-reload-or-restart -- web.service']);
    }
  });

  it('fail with the last words of the service, also where errors are not fatal by themselves', async () => {
    for (const make of [restart, reload]) {
      systemctl('failed', 'no', 'exit 1');
      for (const setE of [true, false]) {
        const { code, stderr } = await box().run(make('web').script, { setE });
        assert.deepEqual([code, stderr], [1, 'last words']);
      }
    }
    systemctl('failed');
    const { code, stderr } = await box().run(restart('web').script);
    assert.deepEqual([code, stderr], [1, 'web.service is not active\nlast words']);
  });

  it('have names that tell them apart', async () => {
    assert.deepEqual(
      [restart('web.service').name, reload('web').name, daemonReload.name],
      ['restart web', 'reload web', 'daemon-reload'],
    );
    assert.throws(() => restart('-H x'), /not the name of a unit/);
    systemctl('active');
    await box().run(daemonReload.script);
    assert.deepEqual(acts(), ['daemon-reload']);
  });
});
