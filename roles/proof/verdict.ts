import { join } from 'node:path';
import { check, defineOperation, file, sh } from '../../lib/index.ts';
import { ledgerOf } from './ledger/ledger.ts';
import { renderPage } from './ledger/page.ts';
import type { RunRecord } from './ledger/record.ts';
import { renderLedger } from './ledger/render.ts';
import { verdictParams } from './params.ts';

/** The ledger of all runs, and whether they prove that nothing is lost. */
export const proofVerdict = defineOperation({
  name: 'rabbit-prove-verdict',
  description: 'The ledger of the proof, as a report, as JSON and as a page; fails when something was lost.',
  params: verdictParams,
  steps: ({ ledger: folder, runs: names }) => [
    async (context) => {
      const [controller] = context.hosts;
      if (context.check || controller === undefined) return () => [];
      const records: RunRecord[] = [];
      for (const name of names) {
        const answers = await context.query([controller], {
          name: `the record of ${name}`,
          fresh: true,
          script: sh`cat ${join(folder, 'runs', `${name}.json`)} 2>/dev/null || :`,
          parse: ({ stdout }) => (stdout === '' ? undefined : (JSON.parse(stdout) as RunRecord)),
        });
        for (const record of answers.values()) if (record !== undefined) records.push(record);
      }
      const ledger = ledgerOf(names, records);
      context.report({ title: 'PROOF', text: renderLedger(ledger), data: { ...ledger, runs: names } });
      const page = join(folder, 'index.html');
      return () => [
        file({ path: join(folder, 'ledger.json'), content: `${JSON.stringify(ledger, null, 1)}\n` }),
        file({ path: page, content: renderPage(ledger) }),
        check({
          that: 'no confirmed message was lost, and the control failed as it must',
          probe: sh`:`,
          holds: () => (ledger.against.length === 0 ? true : ledger.against.join('\n')),
          next: `see ${page}`,
        }),
      ];
    },
  ],
});
