import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { reloadOlder, restartOlder } from '../../../../roles/domain/build/refresh.ts';
import { inEveryShell, type Sandbox } from '../../../support/sandbox.ts';

const origin = { service: 'tool', pidFile: '/run/tool.pid', paths: ['/etc/tool.conf', '/etc/current'] };

/** A host whose service was started `age` seconds after its configuration was written. */
function host(box: Sandbox, age: number): void {
  box.rebase('/run/', '/etc/');
  mkdirSync(box.path('run'));
  mkdirSync(box.path('etc/new'), { recursive: true });
  writeFileSync(box.path('etc/tool.conf'), '');
  symlinkSync('new', box.path('etc/current'));
  writeFileSync(box.path('run/tool.pid'), '1');
  const now = Date.now() / 1000;
  utimesSync(box.path('run/tool.pid'), now + age, now + age);
  box.standIn('systemctl', 'case $1 in show) echo ActiveState=active ;; esac');
}

async function verbs(box: Sandbox, handler = reloadOlder(origin)): Promise<readonly string[]> {
  const { code, stderr } = await box.run(handler.script, { setE: true });
  assert.equal(code, 0, stderr);
  return box.calls().flatMap((call) => call.filter((word) => /reload|restart/.test(word)));
}

inEveryShell('a service after a change', (box) => {
  it('is reloaded when it runs with something older', async () => {
    host(box(), -60);
    assert.deepEqual(await verbs(box()), ['try-reload-or-restart']);
  });

  it('is left alone when it was started since', async () => {
    host(box(), 60);
    assert.deepEqual(await verbs(box()), []);
    assert.deepEqual(await verbs(box(), restartOlder(origin)), []);
  });

  it('is restarted when only the link to its program is newer', async () => {
    host(box(), -60);
    const old = Date.now() / 1000 - 3600;
    utimesSync(box().path('etc/tool.conf'), old, old);
    assert.deepEqual(await verbs(box(), restartOlder(origin)), ['restart']);
  });

  it('is reloaded when nobody knows since when it runs', async () => {
    host(box(), 60);
    const unknown = reloadOlder({ ...origin, pidFile: '/run/none.pid' });
    assert.deepEqual(await verbs(box(), unknown), ['try-reload-or-restart']);
  });
});
