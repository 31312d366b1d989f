import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { secret } from '../../../lib/index.ts';
import { askMissing, earlyCookie } from '../../../roles/erlang-cookie/early.ts';
import { converge, inEveryShell, whats } from '../../support/sandbox.ts';

const NEW = 'NEWCOOKIE0123456789NEWCOOKIE';
const task = earlyCookie({ cookie: secret(NEW) });

inEveryShell('the Erlang cookie before the broker comes', (box) => {
  const folder = () => box().path('var/lib/rabbitmq');
  const file = () => `${folder()}/.erlang.cookie`;

  beforeEach(() => box().rebase('/var/lib/rabbitmq', '/usr/lib/rabbitmq'));

  it('is asked for only where there is no broker', async () => {
    const missing = async () => askMissing.parse(await box().run(askMissing.script));
    assert.equal(await missing(), true);
    mkdirSync(box().path('usr/lib/rabbitmq/bin'), { recursive: true });
    assert.equal(await missing(), false);
  });

  it('is written where its account is to live, for nobody to read', async () => {
    assert.deepEqual(whats((await converge(box(), task)).changes), ['cookie']);
    assert.equal(readFileSync(file(), 'utf8'), NEW);
    assert.equal(statSync(file()).mode & 0o777, 0o400);
    // The package's account, which does not exist yet, must be able to get there.
    assert.equal(statSync(folder()).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(folder()), ['.erlang.cookie']);
  });

  it('replaces what an earlier broker has left', async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(file(), 'OLDCOOKIE\n');
    await converge(box(), task);
    assert.equal(readFileSync(file(), 'utf8'), NEW);
    assert.deepEqual((await converge(box(), task)).changes, []);
  });

  it('is never shown', () => {
    assert.ok(!`${task.title}${task.probe.script}${JSON.stringify(task.claims)}`.includes(NEW));
    const { script } = task.assess({ code: 0, stdout: '', stderr: '' }, []).apply();
    assert.ok(!String(script).includes(NEW));
  });
});
