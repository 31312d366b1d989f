import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { sh } from '../../../../lib/index.ts';
import {
  type ServerStateWant,
  serverState,
  sessionsFact,
} from '../../../../roles/domain/haproxy/tasks/server-state.ts';
import { inEveryShell, type Sandbox } from '../../../support/sandbox.ts';

const HEAD = '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight';
const state = (bits: number) => `${HEAD}\n2 rabbitmq_cluster 1 hadoop001 192.0.2.11 2 ${bits} 1\n`;

const task = (want: Partial<ServerStateWant> = {}) =>
  serverState({ server: 'hadoop001', state: 'drain', ...want });

function changes(stdout: string, want: Partial<ServerStateWant> = {}) {
  return task(want).assess({ code: 0, stdout, stderr: '' }, []).changes;
}

describe('the state of a server in HAProxy', () => {
  it('is what was asked for, whatever its health', () => {
    assert.deepEqual(changes(state(8)), []);
    assert.deepEqual(changes(state(8 | 2)), []);
    assert.deepEqual(changes(state(0)), [{ what: 'state', from: 'ready', to: 'drain' }]);
    assert.deepEqual(changes(state(1)), [{ what: 'state', from: 'maint', to: 'drain' }]);
    assert.deepEqual(changes(state(4), { state: 'ready' }), [{ what: 'state', from: 'maint', to: 'ready' }]);
    assert.deepEqual(changes(state(0), { state: 'ready' }), []);
  });

  it('is as good as drained for a server that is not there, and can never be ready', () => {
    assert.deepEqual(changes(HEAD), []);
    assert.deepEqual(changes("Can't find backend.", { state: 'maint' }), []);
    assert.throws(() => changes(HEAD, { state: 'ready' }), /HAProxy has no server hadoop001/);
  });

  it('is unknown when HAProxy does not run', () => {
    assert.throws(
      () => task().assess({ code: 69, stdout: '', stderr: 'HAProxy does not run: there is no socket' }, []),
      /HAProxy does not run/,
    );
    assert.throws(() => changes('Permission denied'), /makes no sense/);
  });

  it('goes by the name that HAProxy can have', () => {
    assert.match(
      task({ server: 'mq:1' })
        .assess({ code: 0, stdout: state(0).replace('hadoop001', 'mq_1'), stderr: '' }, [])
        .apply()
        .script.reveal(),
      /rabbitmq_cluster\/mq_1 state drain/,
    );
    assert.throws(() => task({ backend: 'a b' }), /no backend/);
  });

  it('comes with the number of connections', () => {
    const { parse } = sessionsFact();
    const csv = '# pxname,svname,qcur,qmax,scur,smax\nrabbitmq_cluster,hadoop001,0,0,12,14\n\n';
    assert.deepEqual([...parse({ code: 0, stdout: csv, stderr: '' })], [['hadoop001', 12]]);
  });
});

inEveryShell('the runtime socket', (box) => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** A stand-in for HAProxy: answers one line and hangs up. */
  async function listening(sandbox: Sandbox, answer: string): Promise<string[]> {
    sandbox.rebase('/run/haproxy/');
    const path = sandbox.path('run/haproxy/admin.sock');
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    const said: string[] = [];
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        said.push(String(data));
        socket.end(answer);
      });
    }).listen(path);
    await once(server, 'listening');
    return said;
  }

  for (const tool of ['perl', 'python3']) {
    it(`is spoken to with ${tool}`, async function () {
      // A stand-in for it that needs more than itself does not count.
      if (!box().allow(tool) || (await box().run(sh`${tool} -e 0 || ${tool} -c 0`)).code !== 0) this.skip();
      const said = await listening(box(), state(8));
      const reply = await box().run(task().probe.script);
      assert.equal(reply.code, 0, reply.stderr);
      assert.deepEqual(said, ['show servers state rabbitmq_cluster\n']);
      assert.deepEqual(task().assess(reply, []).changes, []);
    });
  }

  it('says what is missing on a host without any', async () => {
    await listening(box(), '');
    const { code, stderr } = await box().run(task().probe.script);
    assert.equal(code, 69);
    assert.match(stderr, /neither socat nor perl nor python3/);
  });

  it('says that HAProxy does not run', async () => {
    box().rebase('/run/haproxy/');
    const { code, stderr } = await box().run(task().probe.script);
    assert.equal(code, 69);
    assert.match(stderr, /HAProxy does not run/);
  });
});
