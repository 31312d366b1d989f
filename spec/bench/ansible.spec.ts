import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Bench {
  whatFailed(code: number, stdout: string, stderr: string): string;
}

describe('what failed for Ansible', () => {
  let bench: Bench;
  before(async () => {
    bench = (await import(pathToFileURL(join(process.cwd(), 'spec/bench/ansible.mjs')).href)) as Bench;
  });

  it('is the task, the host and its words', () => {
    const stdout = `
TASK [erlang_cookie : Stop the broker] *****************************************
ok: [hadoop001]
fatal: [hadoop002]: FAILED! => {"changed": false, "msg": "Unable to stop service rabbitmq-server"}

RUNNING HANDLER [haproxy : Restart haproxy] ************************************
fatal: [hadoop001 -> localhost]: UNREACHABLE! => {"msg": "gone", "stderr": "no route\\n", "unreachable": true}
failed: [hadoop003] (item=/usr/app) => {"msg": "never reached"}

PLAY RECAP *********************************************************************
hadoop001                  : ok=3    changed=1    unreachable=1    failed=0
`;
    assert.equal(
      bench.whatFailed(2, stdout, ''),
      `Ansible ended with 2
  hadoop002: task "erlang_cookie : Stop the broker" failed: Unable to stop service rabbitmq-server
  hadoop001 -> localhost: task "haproxy : Restart haproxy" unreachable: gone; no route
  hadoop003: task "haproxy : Restart haproxy" failed: never reached`,
    );
  });

  it('is its output where no task failed', () => {
    assert.equal(
      bench.whatFailed(4, '', 'ERROR! no such playbook\n'),
      'Ansible ended with 4\n  ERROR! no such playbook',
    );
  });
});
