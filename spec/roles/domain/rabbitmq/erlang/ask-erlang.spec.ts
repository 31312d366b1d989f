import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { secret } from '../../../../../lib/index.ts';
import {
  askErlang,
  erlangData,
  parseAnswer,
} from '../../../../../roles/domain/rabbitmq/erlang/ask-erlang.ts';
import { editMetadata } from '../../../../../roles/domain/rabbitmq/erlang/metadata-edits.ts';
import { HOSTILE, inEveryShell } from '../../../../support/sandbox.ts';
import { packed } from '../packed.ts';

describe('an answer of a broker', () => {
  const data = { name: 'ünï "x"', list: [1, null, true], long: 'x'.repeat(500) };

  it('is unpacked however it was printed', () => {
    assert.deepEqual(parseAnswer(packed(data)), data);
    assert.deepEqual(parseAnswer(packed(data, 'warning: latin1\n')), data);
  });

  it('is none when it is not whole', () => {
    assert.equal(parseAnswer({ code: 1, stdout: '', stderr: 'no' }), undefined);
    const { stdout } = packed(data);
    assert.equal(parseAnswer({ code: 0, stdout: stdout.slice(0, 60), stderr: '' }), undefined);
  });

  it('is asked for with data that no code can hide in', () => {
    assert.match(
      erlangData({ name: '"}, os:cmd("x"), {"' }),
      /^rabbit_json:decode\(base64:decode\("[A-Za-z0-9+/=]+"\)\)$/,
    );
  });
});

inEveryShell('asking a broker', (box) => {
  const calls = (erlCall: string, ctl: string) => {
    box().standIn('systemctl');
    box().standIn('hostname', 'echo a');
    box().standIn('erl_call');
    // All that a list of processes could show goes to one file, what is read on stdin to another.
    box().standIn(
      'runuser',
      `printf '%s\\n' "$*" >>@ROOT@/argv; env >>@ROOT@/argv; cat >>@ROOT@/stdin
case "$*" in *erl_call*) ${erlCall} ;; *) ${ctl} ;; esac`,
    );
  };
  const answer = (stdout: string) => `cat <<'END'\n${stdout}\nEND\n`;

  it('takes the quick way', async () => {
    calls(answer(packed({ a: 1 }).stdout), 'exit 9');
    const reply = await box().run(askErlang('J = #{},'));
    assert.deepEqual(parseAnswer(reply), { a: 1 });
    assert.ok(!readFileSync(box().path('argv'), 'utf8').includes('rabbitmqctl'));
  });

  it('takes the slow way where the quick one does not answer', async () => {
    calls('exit 1', answer(packed({ a: 2 }, 'warning\n').stdout));
    assert.deepEqual(parseAnswer(await box().run(askErlang('J = #{},'))), { a: 2 });
    calls(':', ':');
    assert.equal(parseAnswer(await box().run(askErlang('J = #{},'))), undefined);
  });

  for (const password of HOSTILE.filter((text) => text.length > 3)) {
    it(`hands ${JSON.stringify(password)} to stdin alone`, async () => {
      calls('echo "{ok, ts_play_done}"', 'exit 9');
      const deed = { do: 'import', definitions: { users: [{ name: 'u', password }] } } as const;
      const script = editMetadata([deed], [secret(password)]);
      assert.equal((await box().run(script, { setE: true })).code, 0);
      const sent = readFileSync(box().path('stdin'), 'utf8');
      const [, data = ''] = /base64:decode\("([^"]+)"\)/.exec(sent) ?? [];
      assert.deepEqual(JSON.parse(Buffer.from(data, 'base64').toString('utf8')), [deed]);
      const argv = readFileSync(box().path('argv'), 'utf8');
      assert.ok(!argv.includes(password) && !argv.includes(data));
      assert.ok(!String(script).includes(password) && !String(script).includes(data));
      assert.ok(!existsSync(box().path('pwned')));
    });
  }

  it('fails with the broker’s own words', async () => {
    calls(`echo '{ok, "TS-PLAY FAILED: {no_such_vhost,x}"}'`, 'exit 9');
    const { code, stderr } = await box().run(editMetadata([]), { setE: true });
    assert.equal(code, 1);
    assert.match(stderr, /no_such_vhost/);
  });

  it('fails when nobody answers', async () => {
    calls('exit 1', 'exit 69');
    assert.notEqual((await box().run(editMetadata([]), { setE: true })).code, 0);
  });
});
