import assert from 'node:assert/strict';
import { sh } from '../../../../../lib/index.ts';
import { putBackType, takenOutType } from '../../../../../roles/domain/rabbitmq/rolling/out-of-service.ts';

const component = {
  id: 'keepalived',
  title: 'keepalived',
  probe: sh`echo in`,
  remove: sh`:`,
  restore: sh`:`,
};
const said = (stdout: string) => ({ code: 0, stdout, stderr: '' });
const out = (stdout: string) =>
  takenOutType.diff(takenOutType.fact(component).parse(said(stdout)), component, []).length > 0;
const back = (stdout: string, pending: Parameters<typeof putBackType.diff>[2] = []) =>
  putBackType.diff(putBackType.fact(component).parse(said(stdout)), component, pending).length > 0;

describe('a component', () => {
  it('is taken out when it is in service, also when a mark was left', () => {
    assert.equal(out('in'), true);
    assert.equal(out('marked\nin'), true);
  });

  it('is left alone when it is out, or is not there', () => {
    for (const state of ['out', 'marked\nout', 'none', '']) assert.equal(out(state), false, state);
  });

  it('is put back when a run of ours took it out, and only then', () => {
    assert.equal(back('marked\nout'), true);
    assert.equal(back('marked\nin'), true);
    assert.equal(back('out'), false);
  });

  it('is foreseen to be put back behind a task that would take it out', () => {
    const pending = [{ task: 'x', claims: takenOutType.claims?.(component) ?? {} }];
    assert.equal(back('in', pending), true);
    assert.equal(back('in', [{ task: 'x', claims: { other: 'yes' } }]), false);
  });

  it('is marked before it is taken out, and unmarked after it is back', () => {
    const text = String(
      takenOutType.apply({ ...component, remove: sh`action` }, [], { state: 'in', marked: false }),
    );
    assert.ok(text.indexOf('out/keepalived') < text.indexOf('action'), text);
    const undone = String(
      putBackType.apply({ ...component, restore: sh`action` }, [], { state: 'out', marked: true }),
    );
    assert.ok(undone.indexOf('action') < undone.indexOf('rm -f'), undone);
  });

  it('has a name that can be a file', () => {
    assert.throws(() => takenOutType.validate?.({ ...component, id: '../x' }), /file's name/);
  });
});
