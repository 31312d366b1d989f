import assert from 'node:assert/strict';
import { Redactor } from '../../lib/util/redact.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';

function cleaned(text: string, ...values: string[]): string {
  const redactor = new Redactor();
  for (const value of values) redactor.add(secret(value));
  return redactor.clean(text);
}

describe('Redactor', () => {
  it('removes a secret anywhere in the text', () => {
    assert.equal(cleaned('x hunter2 yhunter2z', 'hunter2'), 'x *** y***z');
    assert.equal(cleaned('nothing here', 'hunter2'), 'nothing here');
  });

  it('removes the whole of a secret that begins or ends with another one', () => {
    const both = ['pass', 'password123', '123word'];
    for (const values of [both, [...both].reverse()]) {
      assert.equal(cleaned('is password123!', ...values), 'is ***!');
    }
  });

  it('removes every line of a long secret, with any line ending', () => {
    const key = '-----BEGIN KEY-----\r\nabcdef\r\nghijkl\n-----END KEY-----\n';
    assert.equal(cleaned('abcdef then ghijkl\r\n', key), '*** then ***\r\n');
  });

  it('finds a secret in the quoting of a shell trace and of JSON', () => {
    const value = 'it\'s "so"\\';
    assert.equal(cleaned(`+ login 'it'\\''s "so"\\'`, value), "+ login '***'");
    assert.equal(cleaned(JSON.stringify({ value }), value), '{"value":"***"}');
  });

  it('learns secrets from the scripts that contain them, quoted or not', () => {
    const redactor = new Redactor();
    redactor.add(...sh`eval ${sh`login ${secret("it's me")}`.quoted()}`.secrets);
    assert.equal(redactor.clean("it's me"), '***');
  });

  it('does not read a secret as a pattern', () => {
    assert.equal(cleaned('a.*b $& axxb', 'a.*b'), '*** $& axxb');
    assert.equal(cleaned('x', '$&$1'), 'x');
  });

  it('ignores very short secrets, which would match in ordinary words', () => {
    assert.equal(cleaned('a cat and a lab', 'a', 'lab', ''), 'a cat and a lab');
  });

  it('keeps quotes that are part of a secret', () => {
    assert.equal(cleaned("'abc'", "'abc'"), '***');
    assert.equal(cleaned('abc', "'abc'"), 'abc');
  });
});
