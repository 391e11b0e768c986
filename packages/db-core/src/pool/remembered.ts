/** Finds something out once, for all who ask; after a failure, or when told to forget it, once more. */
export class Remembered<T> {
  readonly #find: () => Promise<T>;
  #found: Promise<T> | undefined;

  constructor(find: () => Promise<T>) {
    this.#find = find;
  }

  get(): Promise<T> {
    if (this.#found !== undefined) return this.#found;
    const found = this.#find();
    this.#found = found;
    found.catch(() => {
      if (this.#found === found) this.#found = undefined;
    });
    return found;
  }

  forget(): void {
    this.#found = undefined;
  }
}
