/** Finds something out once, for all who ask; after a failure, or when told to forget it, once more. */
export class Remembered<T> {
  readonly #find: () => Promise<T>;
  #found: Promise<T> | undefined;
  #isKnown = false;

  constructor(find: () => Promise<T>) {
    this.#find = find;
  }

  /** Whether {@link get} answers without waiting. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  get(): Promise<T> {
    if (this.#found !== undefined) return this.#found;
    const found = this.#find();
    this.#found = found;
    found.then(
      () => {
        if (this.#found === found) this.#isKnown = true;
      },
      () => {
        if (this.#found === found) this.forget();
      },
    );
    return found;
  }

  forget(): void {
    this.#found = undefined;
    this.#isKnown = false;
  }
}
