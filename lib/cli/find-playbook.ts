import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { inputError, type PlayError } from '../util/errors.ts';
import { nearest } from '../util/nearest.ts';
import { packageRoot } from '../util/package.ts';

const CODE = /\.[cm]?[jt]sx?$/;
/** How many files of a folder are named. */
const MOST_NAMES = 5;

/**
 * The absolute path of a playbook.
 * @throws PlayError `input` when there is none, or when it is no file of code
 */
export function findPlaybook(given: string): string {
  if (given === '')
    throw inputError('the path of the playbook is empty', { next: 'give the path of a .ts file' });
  const path = resolve(given);
  if (!existsSync(path)) throw missing(given, path);
  const found = statSync(path);
  if (found.isDirectory()) throw isFolder(given, path);
  if (!found.isFile())
    throw inputError(`the playbook is not a regular file: ${given}`, { next: 'give the path of a .ts file' });
  if (!CODE.test(path)) throw notCode(given, path);
  return path;
}

function missing(given: string, path: string): PlayError {
  const names = codeIn(dirname(path));
  const name = basename(path);
  const close = names.find((each) => each === `${name}.ts`) ?? nearest(name, names);
  return inputError(`no such playbook: ${given}`, {
    next: close ? `did you mean ${join(dirname(given), close)}?` : 'give the path of a .ts file',
  });
}

function isFolder(given: string, path: string): PlayError {
  const [first, ...others] = codeIn(path).map((name) => join(given, name));
  const more = others.length < MOST_NAMES ? others : [...others.slice(0, MOST_NAMES - 1), '…'];
  return inputError(`the playbook is a folder: ${given}`, {
    next:
      first === undefined
        ? 'give the path of a .ts file'
        : `give one of its files: ts-play ${first} -i inventory.yml${more.length > 0 ? `\nothers are ${more.join(', ')}` : ''}`,
  });
}

function notCode(given: string, path: string): PlayError {
  const extension = extname(path);
  const code = `${basename(path, extension)}.ts`;
  const didYouMean = codeIn(dirname(path)).includes(code)
    ? [`did you mean ${join(dirname(given), code)}?`]
    : [];
  if (extension !== '.yml' && extension !== '.yaml') {
    return inputError(`the playbook is not a TypeScript file: ${given}`, {
      next: didYouMean[0] ?? 'give the path of a .ts file',
    });
  }
  return inputError(`the playbook is a YAML file: ${given}`, {
    why: 'playbooks are written in TypeScript; those of Ansible are not run',
    next: [
      ...didYouMean,
      `to write it in TypeScript, see ${join(packageRoot, 'docs', 'ansible.md')}`,
      `if it is the inventory: ts-play site.ts -i ${given}`,
    ].join('\n'),
  });
}

function codeIn(folder: string): readonly string[] {
  return existsSync(folder) && statSync(folder).isDirectory()
    ? readdirSync(folder).filter((name) => CODE.test(name))
    : [];
}
