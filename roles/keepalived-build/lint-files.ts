import { basename, dirname, join } from 'node:path';
import { type Finding, PlayError } from '../../lib/index.ts';
import { isBroken, judgeCheckScript, stopsKeepalived } from './vrrp/check-script.ts';
import { judgeVrrp } from './vrrp/judge.ts';
import { readSite, type Site, type Watch } from './vrrp/model.ts';
import { parseKeepalived, type Statement } from './vrrp/parse.ts';

/** Reads a text file. */
type Read = (file: string) => Promise<string>;

/**
 * Judges hosts by their own keepalived.conf, one file a host, whoever wrote them. Check scripts are judged when they
 * lie beside the file that names them. Hosts are called by their router_id, or by the file where two have the same.
 * @throws PlayError `input` for a file that can't be read or parsed, or that has no vrrp_instance
 */
export async function lintKeepalivedFiles(files: readonly string[], read: Read): Promise<readonly Finding[]> {
  const parsed = await Promise.all(
    files.map(async (file) => ({ file, statements: parseKeepalived(await text(file, read), file) })),
  );
  const names = parsed.map(({ statements }) => readSite('', statements, nowhere).routerName);
  const judged = await Promise.all(
    parsed.map(({ file, statements }, index) => {
      const name = names[index];
      const own = name !== undefined && names.filter((each) => each === name).length === 1;
      return withScripts(siteOf(own ? name : file, file, statements), file, read);
    }),
  );
  return [
    ...judgeVrrp(judged.map(({ site }) => site)),
    ...judged.flatMap(({ findings }) => findings),
    ...parsed.flatMap(({ file, statements }) => unread(file, statements)),
  ];
}

function siteOf(host: string, file: string, statements: readonly Statement[]): Site {
  const site = readSite(host, statements, ({ line, column }) => ({
    hosts: [host],
    where: { file, line, column },
  }));
  if (site.instances.length > 0) return site;
  throw new PlayError({
    kind: 'input',
    what: 'the file has no vrrp_instance',
    where: { file },
    next: "give a host's own keepalived.conf",
  });
}

async function text(file: string, read: Read): Promise<string> {
  try {
    return await read(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlayError({ kind: 'input', what: `${file} can't be read`, where: { file }, why, cause });
  }
}

/** The site with what its check scripts do beside telling, and what is wrong with them. */
async function withScripts(site: Site, file: string, read: Read) {
  const scripts = new Map<string, string>();
  const findings: Finding[] = [];
  const watches = site.instances.flatMap((instance) => instance.watches).filter(({ isScript }) => isScript);
  for (const watch of new Map(watches.map((each) => [each.command, each])).values()) {
    // The path is the host's, so that only a script beside the file is sure to be the one that is meant.
    const path = join(dirname(file), basename(watch.command.replace(/\s.*/s, '')));
    const content = await read(path).catch(() => undefined);
    if (content === undefined) {
      findings.push(notRead(watch, path));
      continue;
    }
    scripts.set(watch.command, content);
    const spot = (line: number) => ({ hosts: [site.host], where: { file: path, line } });
    findings.push(...judgeCheckScript(content, watch, spot));
  }
  const known = (watch: Watch): Watch => {
    const content = scripts.get(watch.command);
    return content !== undefined && stopsKeepalived(content) && !isBroken(content)
      ? { ...watch, stopsKeepalived: true }
      : watch;
  };
  const instances = site.instances.map((each) => ({ ...each, watches: each.watches.map(known) }));
  return { site: { ...site, instances }, findings };
}

function notRead({ name, spot }: Watch, path: string): Finding {
  return {
    ...spot,
    severity: 'hint',
    rule: 'check-script-not-read',
    what: `the script of ${name} was not judged: there is no ${path}`,
    why: 'it is taken to fail exactly while HAProxy is dead, and to do nothing else',
    next: 'copy it from the host to beside its keepalived.conf',
  };
}

/** What the outcome may depend on and was not looked at. */
function unread(file: string, statements: readonly Statement[]): readonly Finding[] {
  const all = (of: readonly Statement[]): readonly Statement[] =>
    of.flatMap((each) => [each, ...all(each.block)]);
  const first = all(statements).find(({ keyword }) => /^(include\w*$|@|\$)/.test(keyword));
  if (first === undefined) return [];
  return [
    {
      hosts: [],
      where: { file, line: first.line, column: first.column },
      severity: 'hint',
      rule: 'keepalived-not-read',
      what: `${first.keyword} was not followed: the simulation knows nothing of what it brings`,
      why: 'included files, conditions and definitions are settled on the host alone',
      next: 'give the configuration as Keepalived sees it, in one file',
    },
  ];
}

function nowhere() {
  return { hosts: [], where: {} };
}
