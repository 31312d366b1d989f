import assert from 'node:assert/strict';
import { notUp } from '../../lib/lab/endpoint.ts';
import { labPaths } from '../../lib/lab/paths.ts';
import { formatStatus } from '../../lib/lab/status.ts';

describe('lab endpoint', () => {
  it('says what to type when the lab is not up', () => {
    assert.equal(notUp('lab', 'unreachable').message, 'lab lab is not up: type ts-play lab up');
    assert.equal(notUp('mine', 'input').message, 'lab mine is not up: type ts-play lab up --name mine');
  });

  it('shares no path or namespace with another lab', () => {
    const [one, other] = [labPaths('one'), labPaths('other')];
    const places = (paths: typeof one) => [
      paths.state,
      paths.run,
      paths.lock,
      paths.bridgeNamespace,
      paths.controllerNamespace,
      ...Object.values(paths.host('hadoop001')),
    ];
    const shared = places(one).filter((place) => places(other).includes(place));
    assert.deepEqual(shared, []);
    assert.throws(() => labPaths('../../etc'), { kind: 'input' });
  });

  it('is described with the commands to use next', () => {
    const text = formatStatus({
      name: 'mine',
      release: 'bookworm',
      hosts: [
        { host: 'hadoop001', address: '192.0.2.11', state: 'cut', init: 42 },
        { host: 'hadoop002', address: '192.0.2.12', state: 'off', init: undefined },
      ],
      controller: '192.0.2.1',
      delay: 50,
      sshConfig: '/x/ssh_config',
      sources: [],
    });
    assert.match(text, /hadoop001 {2}192\.0\.2\.11 +cut +init 42$/m);
    assert.match(text, /hadoop002 {2}192\.0\.2\.12 +off$/m);
    assert.match(text, /50 ms added to each round trip/);
    assert.match(text, /ts-play lab enter --name mine -- ssh -F \/x\/ssh_config hadoop001$/m);
  });
});
