interface Wait {
  readonly holds: () => boolean;
  readonly resolve: (held: boolean) => void;
}

/** Promises for conditions on the run, looked at after every event; all end when the run is over. */
export class Waits {
  readonly #open = new Set<Wait>();
  #over = false;

  /** Resolves with true once the condition holds, with false when the run is over before. */
  until(holds: () => boolean): Promise<boolean> {
    if (this.#over || holds()) return Promise.resolve(holds());
    return new Promise((resolve) => this.#open.add({ holds, resolve }));
  }

  check(): void {
    for (const wait of this.#open) if (wait.holds()) this.#settle(wait, true);
  }

  giveUp(): void {
    this.#over = true;
    for (const wait of this.#open) this.#settle(wait, wait.holds());
  }

  #settle(wait: Wait, held: boolean): void {
    this.#open.delete(wait);
    wait.resolve(held);
  }
}
