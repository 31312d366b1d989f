import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { inspect } from 'node:util';
import { secret } from '../../lib/util/secret.ts';
import { lines, quote, Script, sh } from '../../lib/util/sh.ts';
import { HOSTILE } from '../support/sandbox.ts';

const outputOf = (script: Script) =>
  spawnSync('/bin/sh', ['-s'], { input: script.reveal(), encoding: 'utf8' }).stdout;

describe('sh', () => {
  it('quotes every value, so that a shell sees exactly that value', () => {
    for (const value of HOSTILE) {
      assert.equal(outputOf(sh`printf '%s' ${value}`), value);
      assert.equal(outputOf(sh`printf '%s' a${value}b`), `a${value}b`);
      assert.equal(outputOf(sh`printf '%s' ${secret(value)}`), value);
    }
    assert.equal(outputOf(sh`printf '[%s]' ${''} ${0} ${-1.5}`), '[][0][-1.5]');
  });

  it('turns a list into several words, and an empty list into none', () => {
    assert.equal(outputOf(sh`printf '[%s]' ${HOSTILE}`), HOSTILE.map((value) => `[${value}]`).join(''));
    assert.equal(sh`a ${[]} b`.reveal(), 'a  b');
    assert.equal(sh`a ${['x y', 2, secret('z')]}`.toString(), "a 'x y' 2 ***");
  });

  it('inserts a script unchanged', () => {
    assert.equal(sh`a; ${sh`b ${"it's"}`}; c`.reveal(), "a; b 'it'\\''s'; c");
    assert.equal(lines(sh`a`, undefined, false, sh`b`).reveal(), 'a\nb');
    assert.equal(Script.lines([]).reveal(), '');
  });

  it('keeps the escapes of the shell', () => {
    assert.equal(
      sh`printf '\n\t\\'; echo "\$x" \`date\` \${y}`.reveal(),
      'printf \'\\n\\t\\\\\'; echo "\\$x" `date` \x24{y}',
    );
  });

  it('can be quoted several times', () => {
    let script = sh`printf '%s' ${"it's"} ${secret('a\'b"c')}`;
    for (let i = 0; i < 4; i += 1) script = sh`eval ${script.quoted()}`;
    assert.equal(outputOf(script), "it'sa'b\"c");
    assert.doesNotMatch(script.toString(), /a'|b"c/);
  });

  it('shows no secret when it is converted to text', () => {
    const script = sh`login ${secret('hunter22')} ${[secret('hunter33')]}`;
    for (const text of [
      String(script),
      JSON.stringify({ script }),
      inspect({ script }),
      `${sh`${script}`}`,
    ]) {
      assert.doesNotMatch(text, /hunter/);
      assert.match(text, /login \*\*\* \*\*\*/);
    }
    assert.equal(script.reveal(), 'login hunter22 hunter33');
  });

  it('returns its secrets unquoted', () => {
    const script = sh`eval ${sh`login ${secret("it's")}`.quoted()}`;
    assert.deepEqual(
      script.secrets.map((each) => each.reveal()),
      ["it's"],
    );
  });

  it('does not quote plain words', () => {
    assert.equal(quote('/etc/ssh/sshd_config.d/10-x@y%z=1,2:3+4'), '/etc/ssh/sshd_config.d/10-x@y%z=1,2:3+4');
    assert.equal(quote(''), "''");
    assert.equal(quote('~'), "'~'");
  });
});
