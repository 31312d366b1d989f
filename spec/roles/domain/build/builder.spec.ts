import assert from 'node:assert/strict';
import { chooseBuilder } from '../../../../roles/domain/build/builder.ts';

const fresh = (name: string) => ({ name, artifact: false, installed: false });

describe('who builds', () => {
  it('is the first host when none has anything', () => {
    assert.deepEqual(chooseBuilder([fresh('a'), fresh('b')]), { host: 'a', how: 'compile' });
  });

  it('is the host that has it installed, which only packs it', () => {
    assert.deepEqual(chooseBuilder([fresh('a'), { ...fresh('b'), installed: true }]), {
      host: 'b',
      how: 'pack',
    });
  });

  it('is the host that has the archive, which does nothing', () => {
    const hosts = [
      { ...fresh('a'), installed: true },
      { ...fresh('b'), artifact: true },
    ];
    assert.deepEqual(chooseBuilder(hosts), { host: 'b', how: 'ready' });
  });

  it('is nobody where there is no host', () => assert.equal(chooseBuilder([]), undefined));
});
