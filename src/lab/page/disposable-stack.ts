/** Things to let go of, the last one first: for browsers that do not know DisposableStack yet. */
class Stack implements Disposable {
  readonly #held: Disposable[] = [];

  use<Held extends Disposable | null | undefined>(held: Held): Held {
    if (held) this.#held.push(held);
    return held;
  }

  defer(work: () => void): void {
    this.#held.push({ [Symbol.dispose]: work });
  }

  [Symbol.dispose](): void {
    const held = this.#held.pop();
    if (!held) return;
    try {
      held[Symbol.dispose]();
    } finally {
      this[Symbol.dispose]();
    }
  }
}

if (!('DisposableStack' in globalThis)) Object.assign(globalThis, { DisposableStack: Stack });
