import type { HostKeyChecking } from './ssh/target.ts';

/** The settings in the OpenSSH options of an inventory (`ansible_ssh_common_args` and similar variables). */
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
  /** Unsupported options that would make a difference, as written. */
  readonly ignored: readonly string[];
}

type Found = { -readonly [Key in keyof SshArgs]: SshArgs[Key] } & { ignored: string[] };

/** Short options that take a value, except those in `SHORT` and `-o`. */
const TAKES_VALUE = new Set('BbcDEeFILmOPQRSWw');
/** Options that can be ignored: they don't change the result of a connection, or only what ssh prints. */
const HARMLESS_FLAGS = new Set('CqvTnax');
const HARMLESS = new Set(
  'controlmaster controlpath controlpersist compression loglevel batchmode tcpkeepalive visualhostkey hashknownhosts requesttty forwardx11 gssapiauthentication kbdinteractiveauthentication challengeresponseauthentication passwordauthentication pubkeyauthentication preferredauthentications numberofpasswordprompts connectionattempts addkeystoagent checkhostip updatehostkeys'.split(
    ' ',
  ),
);
const SHORT: Readonly<Record<string, string>> = { i: 'IdentityFile', p: 'Port', l: 'User', J: 'ProxyJump' };

/**
 * Parses the options like OpenSSH: of an option that is given twice the first counts, but all identity files count.
 * @throws Error with one sentence, for a malformed option and for an unsupported one that must not be ignored
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
    if (value === undefined) throw new Error(`the ssh option ${word} needs a value`);
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
      throw new Error(`the ssh option ${name} is not supported: ts-play connects to hosts directly`);
    default:
      if (!HARMLESS.has(name.toLowerCase())) found.ignored.push(`-o ${name}=${value}`);
  }
}

function hostKeyChecking(value: string): HostKeyChecking {
  const word = value.toLowerCase();
  if (word === 'accept-new') return 'accept-new';
  if (word === 'no' || word === 'off' || word === 'false') return 'off';
  if (word === 'yes' || word === 'ask' || word === 'true') return 'strict';
  throw new Error(`the ssh option StrictHostKeyChecking must be yes, no or accept-new, not ${value}`);
}

function wholeNumber(name: string, value: string, min: number, max: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Error(`the ssh option ${name} must be a whole number from ${min} to ${max}, not ${value}`);
}

/** Splits a text into words like a shell: at spaces, except in quotes or after a backslash. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  const pieces = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(.)/gs;
  let word: string | undefined;
  for (const [piece, single, double, escaped, plain, unclosed] of text.matchAll(pieces)) {
    if (unclosed !== undefined) throw new Error(`a quote is not closed in the ssh options: ${text}`);
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (part !== undefined) word = (word ?? '') + part;
    else if (piece.trim() === '' && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
