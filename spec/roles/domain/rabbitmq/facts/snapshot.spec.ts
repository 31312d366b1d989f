import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseSnapshot, snapshotScript } from '../../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { inEveryShell, type Sandbox } from '../../../../support/sandbox.ts';
import { answer, live, running } from '../nodes.ts';
import { packed } from '../packed.ts';

const { stdout: told } = packed(live('a'));
const parse = (stdout: string) => parseSnapshot({ code: 0, stdout, stderr: 'sh: oops' });

describe("a broker's state", () => {
  it('is read as erl_call prints it', () => {
    assert.deepEqual(parseSnapshot(answer(running('a'))), running('a'));
  });

  it('is read as rabbitmqctl prints it, after warnings, beside what the disk says', () => {
    const warning = 'warning: the VM is running with native name encoding of latin1\n\n';
    const said = packed(live('a'), warning).stdout;
    assert.deepEqual(parse(`node=rabbit@a\nunit=active\nplugins=[x].\n${said}`).live, live('a'));
  });

  it('is what the disk says where the broker is down', () => {
    const state = parse(
      "node=rabbit@a\nunit=failed\npresent=yes\nmembers={['rabbit@a-1',rabbit@b.example.org],['rabbit@a-1']}.\nstored=2\nquorum=1\nstream=4\nplugins=[rabbitmq_management,rabbitmq_mqtt].\n",
    );
    assert.deepEqual(state, {
      node: 'rabbit@a',
      unit: 'failed',
      live: undefined,
      disk: {
        present: true,
        members: ['rabbit@a-1', 'rabbit@b.example.org'],
        disc: ['rabbit@a-1'],
        stored: 7,
        plugins: ['rabbitmq_management', 'rabbitmq_mqtt'],
      },
    });
  });

  it('makes nothing up', () => {
    assert.throws(() => parse(''), /could not be read: sh: oops/);
    assert.throws(() => parse('node=\nunit=active'), /could not be read/);
    assert.equal(parse('node=rabbit@a\nunit=').unit, 'unknown');
    assert.deepEqual(parse('node=rabbit@a\nunit=inactive').disk, {
      present: false,
      members: [],
      disc: [],
      stored: 0,
      plugins: [],
    });
  });
});

inEveryShell('the look at a broker', (box) => {
  const put = (path: string, text = '') => {
    mkdirSync(dirname(box().path(path)), { recursive: true });
    writeFileSync(box().path(path), text);
  };
  const calls = () => box().calls();
  const look = async () => parseSnapshot(await box().run(snapshotScript));

  beforeEach(() => host(box(), 'active'));

  it('asks erl_call with an expression that ends in a newline, and nothing else', async () => {
    box().standIn('erl_call');
    box().standIn('runuser', `cat >@ROOT@/asked; ${says(told)}`);
    assert.deepEqual((await look()).live, live('a'));
    assert.deepEqual(
      calls()
        .filter(([name]) => name === 'runuser')
        .map((call) => call.slice(1).join(' ')),
      ['-u rabbitmq -- erl_call -sname rabbit@mq1 -timeout 10 -e'],
    );
    // Without it erl_call says "Incomplete form", and every look would cost a second.
    assert.match(readFileSync(box().path('asked'), 'utf8'), /":END"\]\.\n$/);
  });

  it('asks rabbitmqctl where erl_call is missing, fails, or answers with an error', async () => {
    const cases = [undefined, 'exit 1', `echo '{error, "Incomplete form"}'`];
    for (const erlCall of cases) {
      if (erlCall === undefined) box().remove('erl_call');
      else box().standIn('erl_call');
      box().standIn(
        'runuser',
        `case " $* " in *" erl_call "*) ${erlCall ?? ':'} ;; *) ${says(told)} ;; esac`,
      );
      assert.deepEqual((await look()).live, live('a'), erlCall);
    }
  });

  it('does not start a VM to ask a broker that is down', async () => {
    host(box(), 'failed');
    box().standIn('erl_call');
    box().standIn('runuser', 'exit 1');
    const state = await look();
    assert.equal(state.live, undefined);
    assert.equal(state.unit, 'failed');
    assert.ok(!calls().some((call) => call.join(' ').includes('rabbitmqctl')));
  });

  it('finds queues, streams and plugins on the disk', async () => {
    const folder = 'var/lib/rabbitmq/mnesia/rabbit@mq1';
    put(`${folder}/cluster_nodes.config`, "{['rabbit@mq1',\n 'rabbit@mq-2'],\n ['rabbit@mq1']}.\n");
    put(`${folder}/msg_stores/vhosts/V1/queues/Q1/journal`);
    put(`${folder}/msg_stores/vhosts/V2/queues/Q2/journal`);
    put(`${folder}/quorum/rabbit@mq1/2F/config`);
    put(`${folder}/stream/s1/x`);
    put('etc/rabbitmq/enabled_plugins', '[rabbitmq_management,\n rabbitmq_shovel].\n');
    assert.deepEqual((await look()).disk, {
      present: true,
      members: ['rabbit@mq1', 'rabbit@mq-2'],
      disc: ['rabbit@mq1'],
      stored: 4,
      plugins: ['rabbitmq_management', 'rabbitmq_shovel'],
    });
  });

  it('knows the node by the name its own environment file gives it', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['', 'rabbit@mq1'],
      ['NODENAME=hare', 'hare@mq1'],
      ['NODENAME=hare@10.0.0.1', 'hare@10.0.0.1'],
      ['RABBITMQ_NODENAME=hare', 'hare@mq1'],
      ['USE_LONGNAME=true', 'rabbit@mq1.example.org'],
      ['NODENAME=hare\nRABBITMQ_USE_LONGNAME=yes', 'hare@mq1.example.org'],
      ['USE_LONGNAME=false', 'rabbit@mq1'],
      ['echo noise; NODENAME=hare', 'hare@mq1'],
    ];
    for (const [text, node] of cases) {
      put('etc/rabbitmq/rabbitmq-env.conf', `${text}\n`);
      assert.equal((await look()).node, node, text);
    }
  });
});

/** Shell that prints a text. */
const says = (text: string) => `cat <<'END'\n${text}\nEND\n`;

/** A machine whose broker's unit is in this state. */
function host(box: Sandbox, unit: string): void {
  box.rebase('/var/lib/rabbitmq', '/etc/rabbitmq');
  box.standIn('hostname', 'case $1 in -f) echo mq1.example.org ;; *) echo mq1 ;; esac');
  box.standIn(
    'systemctl',
    `case $1 in is-active) [ ${unit} = active ] ;; *) echo ActiveState=${unit} ;; esac`,
  );
  box.standIn('runuser', 'exit 1');
}
