import {
  type Apply,
  defineFact,
  defineTask,
  PlayError,
  sh,
  type TaskType,
  uploadedPath,
} from '../../../lib/index.ts';
import type { Artifact } from './cache.ts';
import { folderName, homeOf, type Recipe, STAMP } from './recipe.ts';

/** One build, to be unpacked on this host. */
export interface InstallWant {
  readonly recipe: Recipe;
  readonly print: string;
  /** The archive, or why there is none. Only looked at when the folder is not there yet. */
  readonly artifact: Artifact | string;
}

export const installType: TaskType<InstallWant, string> = {
  name: 'install',
  title: ({ recipe }) => `install ${recipe.name} ${recipe.version}`,
  claims: (want) => ({ [`file ${folderOf(want)}`]: want.print }),
  fact: (want) =>
    defineFact({
      name: `build of ${want.recipe.name}`,
      script: sh`print=
if [ -f ${folderOf(want)}/${STAMP} ] && [ -x ${folderOf(want)}/${want.recipe.program} ]; then
  IFS= read -r print <${folderOf(want)}/${STAMP}
fi
printf '%s\n' "$print"`,
      parse: ({ stdout }) => stdout,
    }),
  diff: (stamp, { print }) =>
    stamp === print ? [] : [{ what: 'build', from: stamp || 'absent', to: print }],
  apply,
};

/** A build in its versioned folder: whole, or not there. */
export const install = defineTask(installType);

function folderOf({ recipe, print }: InstallWant): string {
  return `${homeOf(recipe)}/${folderName(recipe, print)}`;
}

function apply(want: InstallWant): Apply {
  const { recipe, print, artifact } = want;
  if (typeof artifact === 'string') {
    throw new PlayError({
      kind: 'failed',
      what: `there is no build of ${recipe.name} ${recipe.version} to install`,
      why: artifact,
    });
  }
  const folder = folderOf(want);
  const home = homeOf(recipe);
  const old = `${home}/.${folderName(recipe, print)}.ts-play.old`;
  const script = sh`(
umask 022
mkdir -p -- ${home}
rm -rf -- ${old} ${home}/.ts-play-new-??????
new=
trap 'code=$?; rm -rf -- \${new:+"$new"}; exit "$code"' EXIT
trap 'exit 143' HUP INT TERM
new=$(mktemp -d ${`${home}/.ts-play-new-XXXXXX`})
tar -x -z -o -f ${uploadedPath(artifact)} -C "$new" --strip-components=1 </dev/null
print=
if [ -f "$new"/${STAMP} ]; then IFS= read -r print <"$new"/${STAMP}; fi
if [ "$print" != ${print} ]; then echo 'the archive holds another build' >&2; exit 1; fi
# A library that is missing shows here, not when the service starts.
"$new"/${recipe.program} -v >/dev/null 2>"$new"/.tried </dev/null || { cat "$new"/.tried >&2; exit 1; }
rm -f -- "$new"/.tried
chmod 0755 "$new"
sync -f "$new" 2>/dev/null || :
if [ -e ${folder} ]; then mv -T -- ${folder} ${old}; fi
mv -T -- "$new" ${folder}
new=
rm -rf -- ${old}
if command -v selinuxenabled >/dev/null && selinuxenabled && command -v restorecon >/dev/null; then
  restorecon -R ${folder}
fi
)`;
  return { script, uploads: [{ from: artifact.path, sha256: artifact.sha256 }] };
}
