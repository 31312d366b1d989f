interface Wait {
  readonly isTrue: () => boolean;
  readonly resolve: (result: boolean) => void;
}

/** Promises for conditions on the run, checked after every event; all of them resolve when the run has ended. */
export class Conditions {
  readonly #open = new Set<Wait>();
  #ended = false;

  /** Resolves with true when the condition is true, with false when the run ends before. */
  until(isTrue: () => boolean): Promise<boolean> {
    if (this.#ended || isTrue()) return Promise.resolve(isTrue());
    return new Promise((resolve) => this.#open.add({ isTrue, resolve }));
  }

  check(): void {
    for (const wait of this.#open) if (wait.isTrue()) this.#resolve(wait, true);
  }

  end(): void {
    this.#ended = true;
    for (const wait of this.#open) this.#resolve(wait, wait.isTrue());
  }

  #resolve(wait: Wait, result: boolean): void {
    this.#open.delete(wait);
    wait.resolve(result);
  }
}
