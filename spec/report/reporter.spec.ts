import assert from 'node:assert/strict';
import type { Output } from '../../lib/report/reporter.ts';
import { BUILD_ERROR, failingRun, firstRun, RECORDINGS, WHOLE_TEXT } from '../support/recorded-events.ts';
import { draw } from './draw.ts';

const OUTPUTS: readonly Output[] = ['live', 'plain', 'json'];

describe('every reporter', () => {
  for (const output of OUTPUTS) {
    for (const [name, events] of Object.entries(RECORDINGS)) {
      it(`${output} draws ${name}, also when events are missing`, async function () {
        this.timeout(20_000);
        for (let length = 0; length < events.length; length += 1) {
          await draw(output, events.slice(0, length), { verbosity: 3, diff: true });
        }
        const text = await draw(output, events);
        const recap = events.at(-1);
        assert(recap?.type === 'recap');
        for (const host of Object.keys(recap.hosts)) assert(text.includes(host), `${host} is missing`);
      });
    }

    it(`${output} shows a complete error`, async () => {
      const text = await draw(output, failingRun);
      const parts = [BUILD_ERROR.what, BUILD_ERROR.next ?? '', ...(BUILD_ERROR.why ?? '').split('\n')];
      const shown = output === 'json' ? parts.map((part) => JSON.stringify(part).slice(1, -1)) : parts;
      for (const part of shown) assert(text.includes(part), `${part} is missing`);
    });
  }

  for (const output of ['live', 'plain'] as const) {
    it(`${output} shows diffs only with the diff option, and never full texts`, async () => {
      assert(!(await draw(output, firstRun)).includes('maxconn'));
      assert((await draw(output, firstRun, { diff: true })).includes('+    maxconn 4096'));
      const check = RECORDINGS['check mode'] ?? [];
      assert(!(await draw(output, check, { diff: true, verbosity: 3 })).includes(WHOLE_TEXT.trim()));
    });
  }

  it('live falls back to plain when the output can not be redrawn', async () => {
    const before = process.env['TERM'];
    process.env['TERM'] = 'dumb';
    try {
      assert.match(await draw('live', firstRun), /^\nPLAY RabbitMQ cluster/);
    } finally {
      if (before === undefined) delete process.env['TERM'];
      else process.env['TERM'] = before;
    }
  });
});
