import assert from 'node:assert/strict';
import { takenOutType } from '../../../../../roles/domain/rabbitmq/rolling/out-of-service.ts';
import { seenUp, serverBehind } from '../../../../../roles/domain/rabbitmq/rolling/server.ts';
import { inEveryShell } from '../../../../support/sandbox.ts';

const HEAD = '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight';
const told = (op: number, admin: number) =>
  `${HEAD}\n2 rabbitmq_cluster 1 other 192.0.2.12 2 0 1\n2 rabbitmq_cluster 1 mq1 192.0.2.11 ${op} ${admin} 1\n`;
const component = serverBehind('mq1');
const seen = (stdout: string) => takenOutType.fact(component).parse({ code: 0, stdout, stderr: '' });

describe('a broker behind a proxy', () => {
  it('is in or out of service by what HAProxy was told, whatever its health', () => {
    const states = [told(2, 0), told(0, 0), told(2, 8), told(2, 1), told(2, 4), HEAD, ''].map(
      (text) => seen(text).state,
    );
    assert.deepEqual(states, ['in', 'in', 'out', 'out', 'out', 'none', 'none']);
  });

  it('is known to be out by a run of ours beside what HAProxy says', () => {
    assert.deepEqual(seen(`marked\n${told(2, 8)}`), { state: 'out', marked: true });
    assert.deepEqual(seen('marked\n'), { state: 'none', marked: true });
    assert.throws(() => seen('Permission denied'), /makes no sense/);
  });

  it('is waited for until HAProxy would send it clients, or has none to send', () => {
    const waits = (stdout: string) =>
      seenUp('mq1', 'p').assess({ code: 0, stdout, stderr: '' }, []).changes.length > 0;
    for (const text of [told(2, 0), HEAD, '']) assert.equal(waits(text), false, text);
    for (const text of [told(0, 0), told(1, 0), told(2, 8)]) assert.equal(waits(text), true, text);
  });
});

inEveryShell('taking a broker out of a proxy', (box) => {
  it('is done where HAProxy does not run', async () => {
    box().rebase('/run/haproxy/');
    assert.equal((await box().run(component.remove, { setE: true })).code, 0);
    const look = await box().run(component.probe);
    assert.deepEqual([look.code, look.stdout, look.stderr], [0, '', '']);
  });
});
