import assert from 'node:assert/strict';
import { type NoVars, type RoleHost, secret } from '../../../lib/index.ts';
import type { Health } from '../../../roles/domain/rabbitmq/facts/health.ts';
import { type RunParams, runParams } from '../../../roles/proof/params.ts';
import { settle } from '../../../roles/proof/run/settle.ts';
import { context, defaultsOf, known } from '../domain/rabbitmq/nodes.ts';
import { health, queue } from '../domain/rabbitmq/views.ts';

const controller: RoleHost<NoVars> = { ...known('localhost', '127.0.0.1'), vars: {} };
const params: RunParams = {
  ...(defaultsOf(runParams.properties) as unknown as RunParams),
  ledger: '/ledger',
  scenario: 'cut-link',
  run: 1,
  settle_seconds: 0,
  vip: '192.0.2.200',
  password: secret('x'),
};
const brokers = ['a', 'b', 'c'].map((name) => known(name, '192.0.2.1'));

/** What the turns of one run lay out, one after the other: titles; and how it was told to have settled. */
async function turns(view: Health) {
  const notes: string[] = [];
  const laidOut: string[][] = [];
  const warned: string[] = [];
  for (const step of settle) {
    const { context: own, warnings } = context<NoVars>(
      [controller],
      {},
      {
        group: (name) => (name === 'brokers' ? brokers : []),
        async query(hosts, question) {
          const stdout = question.name.startsWith('whether the') ? 'yes' : notes.join('\n');
          const answers = hosts.map(({ name }) => {
            if (question.name === "the cluster's health") return [name, { ...view, node: `rabbit@${name}` }];
            return [name, question.parse({ code: 0, stdout, stderr: '' })];
          });
          return new Map(answers as never);
        },
      },
    );
    const tasks = (await step(own, params))(controller);
    const titles = tasks.map(({ title, options: { on } }) => (on ? `${title} (on ${on})` : title));
    warned.push(...warnings);
    if (titles.some((title) => title.includes('settled.json'))) notes.push('settled');
    for (const title of titles)
      if (title.includes('helped')) notes.push(JSON.stringify(`help ${laidOut.length}`));
    laidOut.push(titles);
  }
  return { laidOut, warned };
}

const mirrored = queue({ name: 'ts-play.prove.mirrored', type: 'classic', leader: 'rabbit@b' });

describe('a cluster after a fault of the proof', function () {
  this.timeout('30s');

  // It has no proxies here, so that nobody has the address: that it is not whole is all that counts.
  it('is helped by start-cluster.ts first, then by a restart of the leader of a queue that hangs', async () => {
    const { laidOut, warned } = await turns(health({ queues: [{ ...mirrored, online: ['rabbit@b'] }] }));
    assert.deepEqual(laidOut, [
      ['file /ledger/runs/cut-link-1/helped-0.json', 'start-cluster.ts under load'],
      [
        'file /ledger/runs/cut-link-1/helped-1.json',
        'restart the broker that leads a queue which hangs (on b)',
      ],
      ['file /ledger/runs/cut-link-1/settled.json', 'work undisturbed for 3 s more'],
    ]);
    assert.match(warned[1] ?? '', /queue mirrored has 1 of 3 copies whole.*: the broker was restarted on b$/);
    assert.match(warned[2] ?? '', /cut-link-1 did not settle: /);
  });

  it('is given up on after the first help where no queue hangs', async () => {
    const { laidOut } = await turns(health({ queues: [mirrored] }));
    assert.deepEqual(
      laidOut.map(([first]) => first?.replace(/.*\//, '')),
      ['helped-0.json', 'settled.json', undefined],
    );
  });
});
