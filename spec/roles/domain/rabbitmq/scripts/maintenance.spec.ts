import assert from 'node:assert/strict';
import {
  leaveMaintenance,
  maintenanceMode,
} from '../../../../../roles/domain/rabbitmq/scripts/maintenance.ts';
import { inEveryShell } from '../../../../support/sandbox.ts';

inEveryShell("a broker's maintenance mode", (box) => {
  /** What erl_call prints, and what the slower tool does; undefined where it fails. */
  function broker(erlCall: string | undefined, ctl?: string, unit = 'active') {
    const print = (text: string | undefined) => (text === undefined ? 'exit 1' : `echo '${text}'`);
    box().standIn('erl_call', ':');
    box().standIn(
      'runuser',
      `case "$*" in *erl_call*) ${print(erlCall)} ;; *revive*) echo revived ;; *) ${print(ctl)} ;; esac`,
    );
    box().standIn('systemctl', unit === 'active' ? 'exit 0' : 'exit 3');
  }

  const mode = async () => {
    const { code, stdout, stderr } = await box().run(maintenanceMode, { setE: true });
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('is on, off or none', async () => {
    for (const [answer, wanted] of [
      ['{ok, true}', 'on'],
      ['{ok, false}', 'off'],
      ['{ok, none}', 'none'],
    ] as const) {
      broker(answer);
      assert.equal(await mode(), wanted, answer);
    }
  });

  it('is asked of the slower tool where erl_call fails, if the unit is active', async () => {
    broker(undefined, 'true');
    assert.equal(await mode(), 'on');
    broker(undefined, 'false');
    assert.equal(await mode(), 'off');
    broker(undefined, undefined);
    assert.equal(await mode(), 'none');
    broker(undefined, 'true', 'inactive');
    assert.equal(await mode(), 'none');
  });

  it('is ended only where it is on', async () => {
    broker('{ok, true}');
    assert.equal((await box().run(leaveMaintenance, { setE: true })).stdout, 'revived');
    broker('{ok, false}');
    assert.equal((await box().run(leaveMaintenance, { setE: true })).stdout, '');
  });
});
