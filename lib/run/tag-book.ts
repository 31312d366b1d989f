import type { Task } from '../model/task.ts';
import { didYouMean } from '../util/nearest.ts';
import { selectedBy } from './tags.ts';

/** Tags that mean something without any task having them. */
const SPECIAL: ReadonlySet<string> = new Set(['all', 'always', 'never', 'tagged', 'untagged']);

/** What `--tags` and `--skip-tags` ask for. */
export interface AskedTags {
  readonly tags?: readonly string[] | undefined;
  readonly skipTags?: readonly string[] | undefined;
}

/** A tag that was asked for and that nothing has. */
export interface UnmetTag {
  readonly option: '--tags' | '--skip-tags';
  readonly what: string;
  readonly next: string;
}

/** Selects tasks by the tags asked for, and remembers which tags there are. */
export class TagBook {
  readonly #only: readonly string[];
  readonly #skip: readonly string[];
  readonly #met = new Set<string>();
  #looked = false;

  constructor({ tags = [], skipTags = [] }: AskedTags = {}) {
    this.#only = tags;
    this.#skip = skipTags;
  }

  /** False for a task that tags leave out; `inherited` are those of its role and play. */
  selectedBy(inherited: readonly string[]): (task: Task) => boolean {
    this.meet(inherited);
    const selects = selectedBy(inherited, this.#only, this.#skip);
    return (task) => {
      this.#looked = true;
      this.meet(task.options.tags ?? []);
      return selects(task);
    };
  }

  /** These tags are there. */
  meet(tags: readonly string[]): void {
    for (const tag of tags) this.#met.add(tag);
  }

  /** Those that nothing has. */
  get unmet(): readonly UnmetTag[] {
    return [
      ...this.#missing(this.#only).map((tag) => this.#unmet('--tags', tag)),
      ...this.#missing(this.#skip).map((tag) => this.#unmet('--skip-tags', tag)),
    ];
  }

  /** Whether any task was looked at. */
  get looked(): boolean {
    return this.#looked;
  }

  /** Whether none of the tags asked for is there: nothing was done for them. */
  get isInVain(): boolean {
    return this.#looked && this.#only.length > 0 && this.#missing(this.#only).length === this.#only.length;
  }

  #missing(tags: readonly string[]): readonly string[] {
    return tags.filter((tag) => !SPECIAL.has(tag) && !this.#met.has(tag));
  }

  #unmet(option: UnmetTag['option'], tag: string): UnmetTag {
    const known = [...this.#met].sort();
    return {
      option,
      what: `no play, role or task has the tag "${tag}"`,
      next:
        didYouMean(tag, known) ??
        (known.length > 0 ? `the tags are: ${known.join(', ')}` : 'nothing has a tag'),
    };
  }
}
