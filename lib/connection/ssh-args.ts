import type { HostKeyChecking } from './ssh/target.ts';

/** What the OpenSSH options of an inventory (`ansible_ssh_common_args` and its kin) come to. */
export interface SshArgs {
  readonly port?: number;
  readonly user?: string;
  readonly identityFiles?: readonly string[];
  readonly identitiesOnly?: boolean;
  readonly userKnownHostsFiles?: readonly string[];
  readonly globalKnownHostsFiles?: readonly string[];
  readonly hostKeyChecking?: HostKeyChecking;
  readonly connectTimeoutMs?: number;
  readonly keepaliveIntervalMs?: number;
  readonly keepaliveCountMax?: number;
  /** Options that would matter but are not supported, as written. */
  readonly ignored: readonly string[];
}

type Found = { -readonly [Key in keyof SshArgs]: SshArgs[Key] } & { ignored: string[] };

/** Options with a value of their own, other than those below. */
const TAKES_VALUE = new Set('BbcDEeFILmOPQRSWw');
/** They only tune what a connection of ours does anyway, or print. */
const HARMLESS_FLAGS = new Set('CqvTnax');
const HARMLESS = new Set(
  'controlmaster controlpath controlpersist compression loglevel batchmode tcpkeepalive visualhostkey hashknownhosts requesttty forwardx11 gssapiauthentication kbdinteractiveauthentication challengeresponseauthentication passwordauthentication pubkeyauthentication preferredauthentications numberofpasswordprompts connectionattempts addkeystoagent checkhostip updatehostkeys'.split(
    ' ',
  ),
);
const SHORT: Readonly<Record<string, string>> = { i: 'IdentityFile', p: 'Port', l: 'User', J: 'ProxyJump' };

/**
 * Reads the options as OpenSSH would: of an option given twice the first counts (but every identity file does).
 * @throws Error with a plain sentence for an option that makes no sense or that nothing can be done without
 */
export function parseSshArgs(text: string): SshArgs {
  const found: Found = { ignored: [] };
  const words = splitWords(text);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!/^-[A-Za-z0-9]/.test(word)) {
      found.ignored.push(word);
      continue;
    }
    const letter = word.charAt(1);
    if (letter !== 'o' && !(letter in SHORT) && !TAKES_VALUE.has(letter)) {
      const flags = [...word.slice(1)].filter((flag) => !HARMLESS_FLAGS.has(flag));
      if (flags.length > 0) found.ignored.push(word);
      continue;
    }
    const value = word.length > 2 ? word.slice(2) : words.shift();
    if (value === undefined) throw new Error(`the ssh option ${word} lacks its value`);
    if (letter === 'o') readOption(value, found);
    else if (SHORT[letter]) setOption(SHORT[letter], value, found);
    else found.ignored.push(`-${letter} ${value}`);
  }
  return found;
}

/** `Name=value` or `Name value`. */
function readOption(text: string, found: Found): void {
  const [, name, value] = /^\s*([A-Za-z0-9]+)\s*(?:=|\s)\s*(.*?)\s*$/.exec(text) ?? [];
  if (!name || !value) throw new Error(`the ssh option "-o ${text}" is not NAME=VALUE`);
  setOption(name, value, found);
}

function setOption(name: string, value: string, found: Found): void {
  switch (name.toLowerCase()) {
    case 'port':
      found.port ??= wholeNumber(name, value, 1, 65535);
      break;
    case 'user':
      found.user ??= value;
      break;
    case 'identityfile':
      found.identityFiles = [...(found.identityFiles ?? []), splitWords(value).join(' ')];
      break;
    case 'identitiesonly':
      found.identitiesOnly ??= /^yes$/i.test(value);
      break;
    case 'userknownhostsfile':
      found.userKnownHostsFiles ??= splitWords(value);
      break;
    case 'globalknownhostsfile':
      found.globalKnownHostsFiles ??= splitWords(value);
      break;
    case 'stricthostkeychecking':
      found.hostKeyChecking ??= hostKeyChecking(value);
      break;
    case 'connecttimeout':
      found.connectTimeoutMs ??= wholeNumber(name, value, 1, 86_400) * 1000;
      break;
    case 'serveraliveinterval':
      found.keepaliveIntervalMs ??= wholeNumber(name, value, 0, 86_400) * 1000;
      break;
    case 'serveralivecountmax':
      found.keepaliveCountMax ??= wholeNumber(name, value, 1, 1000);
      break;
    case 'proxyjump':
    case 'proxycommand':
      if (value.toLowerCase() === 'none') break;
      throw new Error(`the ssh option ${name} is not supported: hosts behind another one can't be reached`);
    default:
      if (!HARMLESS.has(name.toLowerCase())) found.ignored.push(`-o ${name}=${value}`);
  }
}

function hostKeyChecking(value: string): HostKeyChecking {
  const word = value.toLowerCase();
  if (word === 'accept-new') return 'accept-new';
  if (word === 'no' || word === 'off' || word === 'false') return 'off';
  if (word === 'yes' || word === 'ask' || word === 'true') return 'strict';
  throw new Error(`the ssh option StrictHostKeyChecking takes yes, no or accept-new, not ${value}`);
}

function wholeNumber(name: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Error(`the ssh option ${name} takes a whole number from ${least} to ${most}, not ${value}`);
}

/** Words as a shell takes them apart: blanks separate, quotes and backslashes keep together. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  const pieces = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(.)/gs;
  let word: string | undefined;
  for (const [piece, single, double, escaped, plain, odd] of text.matchAll(pieces)) {
    if (odd !== undefined) throw new Error(`a quote is not closed in the ssh options: ${text}`);
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (part !== undefined) word = (word ?? '') + part;
    else if (piece.trim() === '' && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
