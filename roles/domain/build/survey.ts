import { defineFact, type Fact, sh } from '../../../lib/index.ts';
import { type Platform, parsePlatform, platformProbe } from './platform.ts';
import { artifactPath, homeOf, type Recipe, STAMP } from './recipe.ts';

/** What a host says before anything is built. */
export interface Survey {
  readonly platform: Platform;
  /** Fingerprints of the builds that are whole there. */
  readonly installed: ReadonlySet<string>;
  /** The names of their folders. */
  readonly folders: readonly string[];
}

/** Asks for the platform and the builds that are there. No program is started for a build. */
export function surveyFact(
  recipe: Pick<Recipe, 'root' | 'name'> & Partial<Pick<Recipe, 'program'>>,
): Fact<Survey> {
  return defineFact({
    name: `which builds of ${recipe.name} are there`,
    script: sh`${platformProbe}
for stamp in ${homeOf(recipe)}/*/${STAMP}; do
  if [ -f "$stamp" ] && [ -x "\${stamp%/*}"/${recipe.program ?? '.'} ]; then
    IFS= read -r print <"$stamp"
    folder=\${stamp%/*}
    # \`current\` is a link to one of them.
    if [ ! -L "$folder" ]; then printf 'build|%s|%s\n' "$print" "\${folder##*/}"; fi
  fi
done`,
    parse({ stdout }) {
      const [first, ...rest] = stdout.split('\n');
      const builds = rest.flatMap((line) => {
        const [, print = '', folder = ''] = /^build\|([0-9a-f]+)\|(.+)$/.exec(line) ?? [];
        return folder === '' ? [] : [{ print, folder }];
      });
      return {
        platform: parsePlatform(first),
        installed: new Set(builds.map(({ print }) => print)),
        folders: builds.map(({ folder }) => folder),
      };
    },
  });
}

/** Asks for the sha256 of a build's archive, if the host has one that is undamaged. */
export function artifactFact(print: string): Fact<string | undefined> {
  return defineFact({
    name: `is build ${print} kept there`,
    script: artifactProbe(print),
    parse: ({ stdout }) => parseArtifact(stdout),
  });
}

/** Prints the archive's sha256 when it is the one written down beside it. */
export function artifactProbe(print: string) {
  const path = artifactPath(print);
  return sh`noted=
if [ -f ${path} ] && [ -f ${`${path}.sha256`} ]; then
  IFS= read -r noted <${`${path}.sha256`}
  sum=$(sha256sum <${path})
  [ "\${sum%% *}" = "$noted" ] || noted=
fi
printf '%s\n' "\${noted:-none}"`;
}

/** Reads the answer of {@link artifactProbe}. */
export function parseArtifact(stdout: string): string | undefined {
  if (stdout === 'none') return undefined;
  if (/^[0-9a-f]{64}$/.test(stdout)) return stdout;
  throw new Error(`the host gave no answer about its builds that makes sense: '${stdout}'`);
}
