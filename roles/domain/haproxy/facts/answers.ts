import { defineFact, type Fact, PlayError, sh } from '../../../../lib/index.ts';
import { HEALTH_URI, PID_FILE } from '../paths.ts';

/** Waits up to 10 s until HAProxy answers on its health port. */
export function answersFact(port: number): Fact<true> {
  return defineFact({
    name: 'HAProxy answers',
    // bash speaks TCP by itself, where not every host has curl. One that was never started is not waited for.
    script: sh`port=${port} uri=${HEALTH_URI}
export port uri
[ -e ${PID_FILE} ] || { echo 'it is not running' >&2; exit 1; }
timeout 12 bash -c ${ASK} || { systemctl status --no-pager --lines=8 haproxy.service; exit 1; } 2>&1`,
    parse({ code, stdout, stderr }) {
      if (code === 0) return true;
      throw new PlayError({
        kind: 'failed',
        what: `HAProxy runs and does not answer on 127.0.0.1:${port}${HEALTH_URI}`,
        why: stdout || stderr,
        next: 'journalctl -u haproxy',
      });
    },
  });
}

// Written by cat in one go: bash writes line by line, and the second line would wait for the first one's late ACK.
const ASK = `for try in {1..50}; do
  if exec 3<>/dev/tcp/127.0.0.1/$port; then
    cat >&3 <<<"GET $uri HTTP/1.0"$'\\r\\n\\r'
    if read -r -t 1 status <&3 && [[ $status == *' 200 '* ]]; then exit 0; fi
    exec 3>&-
  fi 2>/dev/null
  sleep 0.2
done
exit 1`;
