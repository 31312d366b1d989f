import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  addMember,
  addMembers,
  removeMembers,
} from '../../../../../roles/domain/rabbitmq/tasks/queue-members.ts';
import { inEveryShell } from '../../../../support/sandbox.ts';

inEveryShell('a member of a queue', (box) => {
  const runuser = (body: string) => {
    box().standIn('hostname', 'echo a');
    box().standIn('sleep');
    box().standIn('systemctl');
    box().standIn('erl_call');
    box().standIn('runuser', body);
  };
  const words = () =>
    box()
      .calls()
      .filter(([name]) => name === 'runuser')
      .map((call) => call.slice(call.findIndex((word) => word.includes('/bin/')) + 1).join(' '));

  it('is added by the tool of its kind', async () => {
    runuser('');
    for (const type of ['quorum', 'stream'])
      assert.equal((await box().run(addMember({ type, vhost: 'v', name: 'q 1' }, 'rabbit@d'))).code, 0);
    assert.deepEqual(words(), ['-q add_member -p v q 1 rabbit@d', '-q add_replica -p v q 1 rabbit@d']);
  });

  it('is tried for a while, and then fails with what the broker says', async () => {
    if (!box().canReplaceTools) return;
    runuser('echo no leader >&2; exit 1');
    const { code, stderr } = await box().run(
      addMember({ type: 'quorum', vhost: '/', name: 'q' }, 'rabbit@d'),
      { setE: true },
    );
    assert.equal(code, 1);
    assert.match(stderr, /no leader/);
  });

  it('is added to all quorum queues at once, and tried again where the tool has an error for one of them', async () => {
    if (!box().canReplaceTools) return;
    runuser('printf "vhost\\tname\\tsize\\tresult\\n"');
    assert.equal((await box().run(addMembers('rabbit@d'), { setE: true })).code, 0);
    assert.deepEqual(words(), ['-q grow rabbit@d all --errors-only']);
    runuser('printf "vhost\\tname\\tsize\\tresult\\n/\\tq\\t4\\terror: {error,non_stable_members}\\n"');
    const { code, stderr } = await box().run(addMembers('rabbit@d'), { setE: true });
    assert.equal(code, 1);
    assert.match(stderr, /non_stable_members/);
    assert.equal(words().length, 5);
  });

  it('is taken from all queues at once, named by data that no code can hide in', async () => {
    runuser("cat >>@ROOT@/stdin; echo '{ok, ts_play_done}'");
    const queues = [
      { type: 'stream', vhost: '/', name: '"}, os:cmd("x"), {"' },
      { type: 'quorum', vhost: 'v', name: 'q' },
    ];
    assert.equal((await box().run(removeMembers(queues, 'rabbit@d'), { setE: true })).code, 0);
    const sent = readFileSync(box().path('stdin'), 'utf8');
    assert.ok(!sent.includes('os:cmd'));
    const [, data = ''] = /base64:decode\("([^"]+)"\)/.exec(sent) ?? [];
    assert.deepEqual(
      JSON.parse(Buffer.from(data, 'base64').toString('utf8')),
      queues.map((queue) => ({ ...queue, node: 'rabbit@d' })),
    );
  });

  it('is not taken where the broker refuses', async () => {
    if (!box().canReplaceTools) return;
    runuser(`echo '{ok, "TS-PLAY FAILED: last_stream_member"}'`);
    const queue = { type: 'stream', vhost: '/', name: 'q' };
    const { code, stderr } = await box().run(removeMembers([queue], 'rabbit@d'), { setE: true });
    assert.equal(code, 1);
    assert.match(stderr, /last_stream_member/);
  });
});
