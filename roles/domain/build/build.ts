import { type Apply, defineTask, type Script, sh, type TaskType, uploadedPath } from '../../../lib/index.ts';
import { artifactPath, folderName, homeOf, type Recipe, STAMP } from './recipe.ts';
import { artifactFact } from './survey.ts';

/** One build, to be made on this host and kept there as an archive. */
export interface BuildWant {
  readonly recipe: Recipe;
  readonly print: string;
  /** `pack` archives the folder that is installed already. */
  readonly how: 'compile' | 'pack';
}

export const buildType: TaskType<BuildWant, string | undefined> = {
  name: 'build',
  title: ({ recipe, how }) => `${how === 'pack' ? 'pack' : 'build'} ${recipe.name} ${recipe.version}`,
  claims: ({ print }) => ({ [`file ${artifactPath(print)}`]: 'build' }),
  fact: ({ print }) => artifactFact(print),
  diff: (sha256, { print }) => (sha256 === undefined ? [{ what: 'build', from: 'absent', to: print }] : []),
  apply,
};

/** Compiles a source in a temporary folder and archives what it installs. */
export const build = defineTask(buildType);

function apply({ recipe, print, how }: BuildWant): Script | Apply {
  const name = folderName(recipe, print);
  const home = homeOf(recipe);
  const artifact = artifactPath(print);
  const { source, sha256 } = recipe;
  const upload = 'path' in source ? { from: source.path, sha256 } : undefined;
  const make = sh`${upload ? sh`archive=${uploadedPath(upload)}` : fetched(recipe)}
${compiled(recipe, `${home}/${name}`, print)}
from=$work/root${home}`;
  const script = sh`(
umask 022
mkdir -p /var/cache/ts-play/builds
find /var/tmp/ts-play-build-???????? -maxdepth 0 -mmin +120 -exec rm -rf -- {} + 2>/dev/null || :
work= next=
trap 'code=$?; cd /; rm -rf -- \${work:+"$work"} \${next:+"$next"}; exit "$code"' EXIT
trap 'exit 143' HUP INT TERM
work=$(mktemp -d /var/tmp/ts-play-build-XXXXXXXX)
${how === 'compile' ? make : sh`from=${home}`}
next=$(mktemp ${`${artifact}.XXXXXX`})
tar -c -z -f "$next" --owner=0 --group=0 --numeric-owner -C "$from" ${name}
sum=$(sha256sum <"$next")
rm -f -- ${`${artifact}.sha256`}
sync "$next" 2>/dev/null || :
mv -f -- "$next" ${artifact}
next=
printf '%s\n' "\${sum%% *}" >${`${artifact}.sha256`}
)`;
  return how === 'compile' && upload ? { script, uploads: [upload] } : script;
}

function compiled(recipe: Recipe, folder: string, print: string): Script {
  const program = `${folder}/${recipe.program}`;
  return sh`mkdir "$work/source" "$work/root"
tar -x -o -f "$archive" -C "$work/source" --strip-components=1 </dev/null
cd "$work/source"
DESTDIR=$work/root
jobs=$(nproc 2>/dev/null) || jobs=1
(
${recipe.script(folder)}
) </dev/null
cd /
strip "$DESTDIR"${program} || :
printf '%s\n' ${print} >"$DESTDIR"${folder}/${STAMP}`;
}

/** Fetches the source, bounded in time; nothing is unpacked before its sum is right. */
function fetched({ source, sha256 }: Recipe): Script {
  const url = 'url' in source ? source.url : '';
  return sh`archive=$work/source.tar
if command -v curl >/dev/null; then
  curl -fsSL --retry 3 --connect-timeout 20 --max-time 600 -o "$archive" -- ${url} </dev/null
elif command -v wget >/dev/null; then
  wget -q -T 20 -O "$archive" -- ${url} </dev/null
else echo "neither curl nor wget is on the host: install one, or give the source as a path" >&2; exit 1; fi
got=$(sha256sum <"$archive")
if [ "\${got%% *}" != ${sha256} ]; then
  printf 'the sha256 of %s is %s, expected %s\n' ${url} "\${got%% *}" ${sha256} >&2; exit 1
fi`;
}
