// The floor: what is left when nobody but ssh and sh is at work.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { names, root } from './lab.mjs';

/** Writes one script a host; gives a function that has all three answered in parallel, and its milliseconds. */
export async function prepareFloor(lab, temp) {
  // The same Erlang as the roles', which only a compiled clone has: a lab is up, so it is compiled.
  const { SNAPSHOT_EXPRESSION } = await import(
    '../../dist/roles/domain/rabbitmq/erlang/snapshot-expression.js'
  );
  const checks = await readFile(join(root, 'spec', 'bench', 'floor.sh'), 'utf8');
  for (const host of names) {
    const settings = `expression=${quote(SNAPSHOT_EXPRESSION)}\nproxy=${host === 'hadoop003' ? '' : 'yes'}\nhosts=${quote(names.join(' '))}\n`;
    await writeFile(join(temp, `floor-${host}.sh`), settings + checks);
  }
  const each = `for h in ${names.join(' ')}; do
  ssh -F ${lab.sshConfig} "$h" sh -s <${temp}/floor-$h.sh >${temp}/floor-$h.out 2>&1 & pids="$pids $!"
done
for p in $pids; do wait "$p" || exit 1; done`;
  return async () => {
    const { ms } = await lab.enter(['sh', '-c', `pids=\n${each}`]).catch(async (error) => {
      const said = await Promise.all(
        names.map((host) => readFile(join(temp, `floor-${host}.out`), 'utf8').catch(() => '')),
      );
      throw new Error(`${error.message}\n${said.join('\n')}`);
    });
    return ms;
  };
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
