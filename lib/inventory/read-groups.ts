import { inputError, PlayError } from '../util/errors.ts';
import { type Definition, type Draft, type DraftGroup, link, withDescendants } from './draft.ts';
import { expandHosts, type NamedHosts } from './ranges.ts';
import { isTemplate } from './templates.ts';
import type { YamlFile } from './yaml-file.ts';
import type { Entry } from './yaml-values.ts';

/** Adds the groups and hosts of a file to the draft and returns the mistakes; values of the wrong shape are skipped. */
export function readGroups(yaml: YamlFile, draft: Draft): PlayError[] {
  const reader = new GroupReader(yaml, draft);
  for (const entry of yaml.entries(yaml.data)) reader.group(entry);
  return reader.mistakes;
}

class GroupReader {
  readonly mistakes: PlayError[] = [];
  readonly #yaml: YamlFile;
  readonly #draft: Draft;

  constructor(yaml: YamlFile, draft: Draft) {
    this.#yaml = yaml;
    this.#draft = draft;
  }

  /** Sections are read in the order of the file: a later value replaces an earlier one. */
  group(entry: Entry): DraftGroup {
    this.#requireString(entry, 'the group name');
    const group = this.#draft.group(entry.key, entry.place);
    for (const section of this.#yaml.entries(entry.value)) {
      if (section.key === 'vars') this.#groupVars(section, group);
      for (const member of this.#members(section)) {
        if (section.key === 'hosts') this.#hosts(member, group);
        if (section.key === 'children') this.#child(member, group);
      }
    }
    return group;
  }

  /** A plain string is one name with nothing below it. */
  #members(section: Entry): readonly Entry[] {
    if (typeof section.value !== 'string') return this.#yaml.entries(section.value);
    return [{ key: section.value, isString: true, value: null, place: section.place }];
  }

  #groupVars(section: Entry, group: DraftGroup): void {
    for (const entry of this.#yaml.entries(section.value)) {
      if (entry.key === 'ansible_group_priority') this.#priority(entry, group);
      else this.#variable(entry, group.vars);
    }
  }

  #priority({ value, place }: Entry, group: DraftGroup): void {
    if (/^-?\d+$/.test(String(value))) group.priority = Number(value);
    else {
      this.mistakes.push(inputError('ansible_group_priority must be a whole number', { where: place }));
    }
  }

  #hosts(entry: Entry, group: DraftGroup): void {
    this.#requireString(entry, 'the host name');
    const { names, port } = this.#expand(entry);
    for (const name of names) {
      const host = this.#draft.host(name, group, entry.place);
      if (port !== undefined) host.vars.set('ansible_port', { value: port, place: entry.place });
      for (const variable of this.#yaml.entries(entry.value)) this.#variable(variable, host.vars);
    }
  }

  #expand(entry: Entry): NamedHosts {
    try {
      return expandHosts(entry.key);
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      this.mistakes.push(error.at(entry.place));
      return { names: [], port: undefined };
    }
  }

  #child(entry: Entry, parent: DraftGroup): void {
    const child = this.group(entry);
    const { all, ungrouped } = this.#draft;
    const refuse = (what: string, why: string) =>
      this.mistakes.push(inputError(what, { where: entry.place, why }));
    if (child === all) refuse(`"all" can't be a child of "${parent.name}"`, 'it contains every group');
    else if (parent === ungrouped || (child === ungrouped && parent !== all)) {
      refuse(
        `"${child.name}" can't be a child of "${parent.name}"`,
        '"ungrouped" contains the hosts that are in no other group',
      );
    } else if (withDescendants(child).includes(parent)) {
      refuse(`"${child.name}" can't be a child of "${parent.name}"`, 'a group would contain itself');
    } else link(parent, child);
  }

  #variable(entry: Entry, vars: Map<string, Definition>): void {
    this.#requireString(entry, 'the variable name');
    vars.set(entry.key, { value: entry.value, place: entry.place, template: entry.template });
  }

  #requireString({ key, isString, place }: Entry, subject: string): void {
    if (isTemplate(key)) {
      this.mistakes.push(
        inputError(`${subject} contains a template, but templates are not supported yet`, { where: place }),
      );
    }
    if (isString) return;
    // The variables of a range are visited once for each of its hosts, but are one mistake.
    if (this.mistakes.some(({ where }) => where.line === place.line && where.column === place.column)) return;
    this.mistakes.push(
      inputError(key === '' ? `${subject} is missing` : `${subject} ${key} is not a string`, {
        where: place,
        next: key === '' ? undefined : `quote it: "${key}"`,
      }),
    );
  }
}
