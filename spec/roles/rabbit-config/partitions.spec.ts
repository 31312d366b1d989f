import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Vars } from '../../../roles/domain/rabbitmq/settings/config.ts';
import { partitionHandlingOf } from '../../../roles/domain/rabbitmq/settings/partition-handling.ts';
import { FIRST_START } from '../../../roles/rabbit-config/formation.ts';
import { rabbitConfig } from '../../../roles/rabbit-config/index.ts';
import { adviceOf } from '../../../roles/rabbit-config/partition-advice.ts';
import { askPartitionFiles, type PartitionFiles } from '../../../roles/rabbit-config/partition-files.ts';
import {
  handlingType,
  partitionFiles,
  partitionsRunning,
} from '../../../roles/rabbit-config/partition-tasks.ts';
import { type PartitionView, plans } from '../../../roles/rabbit-config/partitions.ts';
import { CONF } from '../../../roles/rabbit-config/paths.ts';
import { restarted } from '../../../roles/rabbit-config/restarted.ts';
import { knownHost } from '../../known-host.ts';
import { inEveryShell } from '../../support/sandbox.ts';
import { answer, appStopped, defaultsOf, down, running } from '../domain/rabbitmq/nodes.ts';

const own = (vars: Partial<Vars> = {}): Vars => ({
  ...(defaultsOf(rabbitConfig.definition.vars.properties) as unknown as Vars),
  ...vars,
});
const nothing: PartitionFiles = { ours: undefined, files: [], elsewhere: undefined };
const inFile = (value: string, path = CONF): Partial<PartitionView> => ({
  said: { ...nothing, files: [{ path, value }] },
});
const ours = (value: string, more: Partial<PartitionFiles> = {}): Partial<PartitionView> => ({
  said: { ...nothing, ...more, ours: value },
  runsWith: value,
});
const inventory = (vars: Partial<Vars>): Partial<PartitionView> => ({
  own: own(vars),
  told: partitionHandlingOf(knownHost('a', { roles: [rabbitConfig(vars)] }))?.value,
});
const view = (name: string, told: Partial<PartitionView> = {}): PartitionView => ({
  name,
  own: own(),
  told: undefined,
  said: nothing,
  runsWith: 'ignore',
  ...told,
});
/** What becomes of hosts a, b, c … of which each case says something. */
const planned = (tolds: readonly Partial<PartitionView>[], count = tolds.length) => {
  const views = tolds.map((told, i) => view('abcdefg'.charAt(i), told));
  const decided = plans(views, count);
  return { plans: [...decided.values()], ...adviceOf(views, decided, count) };
};
const PAUSE = { dropIn: 'pause_minority', running: 'pause_minority' } as const;
const HEAL = { dropIn: 'autoheal', running: 'autoheal' } as const;

describe('what brokers do in a network partition', () => {
  it('is to pause as a minority from three brokers on, where nobody says anything', () => {
    assert.deepEqual(planned([{}, {}, {}]), { plans: [PAUSE, PAUSE, PAUSE], warnings: [], notes: [] });
    assert.deepEqual(planned([{}, {}]).plans, [{}, {}]);
    assert.deepEqual(planned([{}, {}], 3).plans, [PAUSE, PAUSE], 'one of the cluster is not in this run');
  });

  it('stays so in a second run, and on hosts that are not there yet', () => {
    const again = planned([ours('pause_minority'), ours('pause_minority'), { runsWith: undefined }]);
    assert.deepEqual(again, { plans: [PAUSE, PAUSE, PAUSE], warnings: [], notes: [] });
  });

  it('goes back to RabbitMQ’s default when only two are left', () => {
    const gone = { dropIn: 'absent', running: 'ignore' };
    assert.deepEqual(planned([ours('pause_minority'), ours('pause_minority')]).plans, [gone, gone]);
  });

  it('is what the inventory says, without a file of ours', () => {
    const word = inventory({ rabbit_config_partition_handling: 'autoheal' });
    assert.deepEqual(planned([word, word, word]).plans, Array(3).fill({ running: 'autoheal' }));
    const later = { ...ours('pause_minority'), ...word };
    assert.deepEqual(planned([later, later, later]).plans[0], { dropIn: 'absent', running: 'autoheal' });
    const line = inventory({ rabbit_config_settings: { cluster_partition_handling: 'pause_if_all_down' } });
    assert.deepEqual(planned([line, line, line]), { plans: [{}, {}, {}], warnings: [], notes: [] });
  });

  it('is left alone with keep', () => {
    const keep = { ...ours('pause_minority'), ...inventory({ rabbit_config_partition_handling: 'keep' }) };
    assert.deepEqual(planned([keep, keep, keep]), { plans: [{}, {}, {}], warnings: [], notes: [] });
  });

  it('is what an operator’s file says, wherever it stands; that is told, and ignore is warned of', () => {
    const heal = inFile('autoheal', '/etc/rabbitmq/advanced.config');
    const healed = planned([heal, heal, heal]);
    assert.deepEqual(healed.plans, [{}, {}, {}]);
    assert.deepEqual(healed.warnings, []);
    assert.deepEqual(healed.notes, [
      'a, b, c: cluster_partition_handling = autoheal in /etc/rabbitmq/advanced.config',
    ]);
    const ignoring = planned([inFile('ignore'), inFile('ignore'), inFile('ignore')]);
    assert.deepEqual(ignoring.plans, [{}, {}, {}]);
    assert.match(
      ignoring.warnings.join('|'),
      /^a, b, c: .* = ignore in \/etc\/rabbitmq\/rabbitmq\.conf\. It is left so[^|]*$/,
    );
    assert.deepEqual(planned([inFile('ignore'), inFile('ignore')]).warnings, []);
    const same = inFile('pause_minority');
    assert.deepEqual(planned([same, same, same]), { plans: [{}, {}, {}], warnings: [], notes: [] });
  });

  it('is what an operator has set on running brokers, when no file explains it', () => {
    const set = { runsWith: 'autoheal' };
    const { plans: decided, notes } = planned([set, set, set]);
    assert.deepEqual(decided, [{}, {}, {}]);
    assert.match(notes.join(), /autoheal in the running broker/);
  });

  it('is the same for a newcomer of whom nothing is said', () => {
    assert.deepEqual(planned([inFile('autoheal'), inFile('autoheal'), {}]).plans, [{}, {}, HEAL]);
    assert.deepEqual(planned([inFile('ignore'), inFile('ignore'), {}]).plans, [{}, {}, {}]);
    const line = inFile('pause_if_all_down');
    assert.deepEqual(planned([line, line, {}]).plans, [{}, {}, {}]);
    const limited = { own: undefined, told: 'autoheal' };
    assert.deepEqual(planned([limited, limited, {}]).plans, [{}, {}, HEAL]);
  });

  it('is left alone, with a warning, where brokers are told different things', () => {
    const { plans: decided, warnings, notes } = planned([inFile('autoheal'), inFile('ignore'), {}]);
    assert.deepEqual([decided, notes], [[{}, {}, {}], []]);
    assert.match(warnings.join('|'), /^brokers .* different things.*a: .*autoheal.*b: .*ignore[^|]*$/);
  });

  it('is not ours any more once an operator says it, also on the running broker', () => {
    const said = ours('pause_minority', { files: [{ path: CONF, value: 'autoheal' }] });
    assert.deepEqual(planned([said, said, said]).plans[0], { dropIn: 'absent', running: 'autoheal' });
  });

  it('does not count what stands in a rabbitmq.conf that is written whole, and says that it is lost', () => {
    const rewritten = {
      ...inFile('autoheal'),
      ...inventory({ rabbit_config_listeners: ['5672'] }),
      runsWith: 'autoheal',
    };
    const { plans: decided, warnings } = planned([rewritten, {}, {}]);
    assert.deepEqual(decided, [PAUSE, PAUSE, PAUSE]);
    assert.match(
      warnings.join('|'),
      /^\/etc\/rabbitmq\/rabbitmq\.conf of a says .*autoheal.*written whole.*pause_minority[^|]*$/,
    );
    const kept = {
      ...rewritten,
      ...inventory({ rabbit_config_listeners: ['5672'], rabbit_config_partition_handling: 'autoheal' }),
    };
    assert.deepEqual(planned([kept, kept, kept]).warnings, []);
  });

  it('is not written where a broker would not read it', () => {
    const there = { said: { ...nothing, elsewhere: '/srv/*.conf' } };
    const { plans: decided, warnings } = planned([there, {}, {}]);
    assert.deepEqual(decided, [{ unread: true }, PAUSE, PAUSE]);
    assert.match(warnings.join('|'), /^a reads \/srv\/\*\.conf instead of \/etc\/rabbitmq\/conf\.d[^|]*$/);
  });
});

describe('the tasks for it', () => {
  it('write a file beside rabbitmq.conf, or take it away, and set the running broker', () => {
    const titles = [...partitionFiles(PAUSE), ...partitionsRunning(PAUSE)].map(({ title }) => title);
    assert.deepEqual(titles, [
      'directory /etc/rabbitmq/conf.d',
      'file /etc/rabbitmq/conf.d/50-ts-play-partitions.conf',
      'broker runs with cluster_partition_handling pause_minority',
    ]);
    assert.deepEqual(
      partitionFiles({ dropIn: 'absent' }).map(({ title }) => title),
      ['file /etc/rabbitmq/conf.d/50-ts-play-partitions.conf absent'],
    );
    assert.deepEqual([...partitionFiles({}), ...partitionsRunning({})], []);
  });

  const [task] = partitionsRunning(PAUSE);
  const changes = (...args: Parameters<typeof answer>) => task?.assess(answer(...args), []).changes;

  it('look at the running broker', () => {
    assert.deepEqual(changes(running('a', { partitionHandling: 'pause_minority' })), []);
    assert.deepEqual(changes(running('a')), [
      { what: 'cluster_partition_handling', from: 'ignore', to: 'pause_minority' },
    ]);
    assert.deepEqual(changes(down('a')), [], 'it reads the file when it starts');
    assert.deepEqual(changes(appStopped('a')), [], 'so does this one');
    const { script } = task?.assess(answer(running('a')), []).apply() ?? {};
    assert.match(String(script), /application:set_env\(rabbit, cluster_partition_handling, pause_minority\)/);
  });

  it('foresee that a restart reads the file', () => {
    const restart = restarted({ files: [CONF], nodes: 1 });
    for (const claims of [restart.claims, { [FIRST_START]: 'rabbit@a' }]) {
      const pending = [{ task: 'x', claims }];
      assert.deepEqual(handlingType.diff(running('a'), { handling: 'autoheal' }, pending), []);
    }
  });
});

inEveryShell('what is said of network partitions', (box) => {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(box().path(path)), { recursive: true });
    writeFileSync(box().path(path), text);
  };
  beforeEach(() => box().rebase('/etc/rabbitmq'));
  const said = async () => {
    const reply = await box().run(askPartitionFiles.script);
    assert.deepEqual([reply.code, reply.stderr], [0, '']);
    return askPartitionFiles.parse({ ...reply, stdout: reply.stdout.replaceAll(box().root, '') });
  };
  const LINE = 'cluster_partition_handling = autoheal\n';

  it('is nothing on a host without files, or where they say other things', async () => {
    assert.deepEqual(await said(), nothing);
    put('etc/rabbitmq/rabbitmq.conf', `# ${LINE}heartbeat = 30\ncluster_partition_handling.x = y\n`);
    put('etc/rabbitmq/advanced.config', '[{rabbit, [\n %% {cluster_partition_handling, autoheal}\n]}].\n');
    put('etc/rabbitmq/conf.d/notes.txt', LINE);
    assert.deepEqual(await said(), nothing);
  });

  it('is found in every file that the broker reads, in its order', async () => {
    put('etc/rabbitmq/conf.d/50-ts-play-partitions.conf', 'cluster_partition_handling = pause_minority\n');
    put('etc/rabbitmq/conf.d/90-x.conf', `  cluster_partition_handling=ignore # why\n`);
    put('etc/rabbitmq/rabbitmq.conf', `${LINE}cluster_partition_handling = pause_minority`);
    put(
      'etc/rabbitmq/advanced.config',
      "[{rabbit, [{tcp_listeners, [5672]},\n  {cluster_partition_handling,\n   {pause_if_all_down, ['rabbit@a'], ignore}}]}].",
    );
    assert.deepEqual(await said(), {
      ours: 'pause_minority',
      files: [
        { path: '/etc/rabbitmq/rabbitmq.conf', value: 'pause_minority' },
        { path: '/etc/rabbitmq/conf.d/90-x.conf', value: 'ignore' },
        { path: '/etc/rabbitmq/advanced.config', value: 'pause_if_all_down' },
      ],
      elsewhere: undefined,
    });
  });

  it('is found in the old format, which the broker prefers', async () => {
    put('etc/rabbitmq/rabbitmq.config', '[{rabbit,[{cluster_partition_handling, autoheal}]}].\n');
    put('etc/rabbitmq/rabbitmq.conf', 'cluster_partition_handling = ignore\n');
    assert.deepEqual((await said()).files, [{ path: '/etc/rabbitmq/rabbitmq.config', value: 'autoheal' }]);
  });

  it('is looked for where rabbitmq-env.conf says that the files are', async () => {
    const env = (text: string) => put('etc/rabbitmq/rabbitmq-env.conf', text);
    env(
      `CONFIG_FILE=${box().path('srv/main')}\nRABBITMQ_ADVANCED_CONFIG_FILE=${box().path('srv/adv.config')}\n`,
    );
    put('srv/main.conf', LINE);
    put('srv/adv.config', '[{rabbit,[{cluster_partition_handling,ignore}]}].\n');
    put('etc/rabbitmq/rabbitmq.conf', 'cluster_partition_handling = ignore\n');
    assert.deepEqual((await said()).files, [
      { path: '/srv/main.conf', value: 'autoheal' },
      { path: '/srv/adv.config', value: 'ignore' },
    ]);
    env(`CONFIG_FILES=${box().path('srv/conf.d')}\n`);
    put('srv/conf.d/a.conf', LINE);
    const { elsewhere, files } = await said();
    assert.deepEqual([elsewhere, files.at(-1)?.path], ['/srv/conf.d', '/srv/conf.d/a.conf']);
    for (const same of ['/etc/rabbitmq/conf.d', '/etc/rabbitmq/conf.d/*.conf']) {
      env(`CONFIG_FILES="${box().root}${same}"\n`);
      assert.equal((await said()).elsewhere, undefined, same);
    }
  });
});
