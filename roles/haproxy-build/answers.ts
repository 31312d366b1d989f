import { PlayError, type Question, sh } from '../../lib/index.ts';
import { HEALTH_URI } from './paths.ts';

/** Waits up to 10 s until HAProxy answers on its health port. */
export function answersQuestion(port: number): Question<true> {
  return {
    name: 'HAProxy answers',
    fresh: true,
    // bash speaks TCP by itself, where not every host has curl.
    script: sh`port=${port} uri=${HEALTH_URI}
export port uri
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
  };
}

const ASK = `for try in {1..50}; do
  if exec 3<>/dev/tcp/127.0.0.1/$port; then
    printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "$uri" >&3
    if read -r -t 1 status <&3 && [[ $status == *' 200 '* ]]; then exit 0; fi
    exec 3>&-
  fi 2>/dev/null
  sleep 0.2
done
exit 1`;
