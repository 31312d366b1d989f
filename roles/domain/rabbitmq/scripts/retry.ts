import { type Script, sh } from '../../../../lib/index.ts';

/** A step that may be refused for a moment, tried five times in some ten seconds. */
export function retried(step: Script): Script {
  return sh`n=0
until ${step}; do
  n=$((n + 1))
  if [ "$n" -ge 5 ]; then exit 1; fi
  sleep 2
done`;
}
