/** What is wrong with a text, said without any of it: clauses that go on after its name. */
export class Unacceptable extends Error {
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Everything that is wrong, so that it can be said at once. */
export class Problems {
  readonly all: string[] = [];

  /** What `read` answers; undefined, and the problems kept under `name`, when it throws {@link Unacceptable}. */
  attempt<T>(name: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Unacceptable)) throw error;
      this.all.push(...error.problems.map((problem) => `${name} ${problem}`));
      return undefined;
    }
  }

  /** @throws {Unacceptable} when there are any. */
  assertNone(): void {
    if (this.all.length > 0) throw new Unacceptable(...this.all);
  }
}
