import type { Finding } from '../model/finding.ts';

/** A linter of files that hosts have: an option of `ts-play lint` that takes a file and may be repeated. */
export interface FileLinter {
  /** The option's name, one lower-case word: `nginx` is `--nginx FILE`. */
  readonly option: string;
  /** The option's line in `ts-play lint --help`. */
  readonly description: string;
  /** @throws PlayError `input` for a file that can't be read or parsed */
  lint(files: readonly string[]): Promise<readonly Finding[]>;
}

/** What `ts-play demo` does on a lab. Paths are relative to the folder of the package. */
export interface Demo {
  /** The command's line in `ts-play --help`. */
  readonly description: string;
  /** What the lab's hosts have installed. */
  readonly profile: string;
  readonly inventory: string;
  /** Runs twice: the second run must change nothing. */
  readonly playbook: string;
  /** Runs at the end and reports the state of the hosts. */
  readonly report: string;
  /**
   * What to try next, one line each.
   * @param name ` --name LAB`, or nothing for the default lab
   * @param extra ` -e lab_name=LAB`, or nothing
   */
  next(name: string, extra: string): readonly string[];
}

/** What the command line offers besides the engine: the engine itself knows no product. */
export interface Shipped {
  /** What a playbook can import, by its specifier: `ts-play/roles/NAME`. Called when a playbook is loaded. */
  modules(): Promise<Readonly<Record<string, object>>>;
  readonly fileLinters: readonly FileLinter[];
  readonly demo?: Demo;
}
