/** One step of a path: the name of a member, or the place of an item. */
export type PathStep = string | number;

/** A text is not of its form: where, and what was to come. Holds no value of the text. */
export class FormMismatch extends Error {
  readonly path: readonly PathStep[];
  /** **Units** UTF-16 code units from the start of the text. */
  readonly offset: number;

  constructor(expected: string, { path, offset }: { path: readonly PathStep[]; offset: number }) {
    super(expected);
    this.path = path;
    this.offset = offset;
  }
}

/** Reads canonical JSON from left to right. What is not as it must be throws {@link FormMismatch}. */
export class Cursor {
  readonly #text: string;
  readonly #path: PathStep[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Goes on behind `literal`, if it comes next. */
  skip(literal: string): boolean {
    const follows = this.#text.startsWith(literal, this.#at);
    if (follows) this.#at += literal.length;
    return follows;
  }

  expect(literal: string): void {
    if (!this.skip(literal)) this.fail(literal);
  }

  string(): string {
    const literal = this.#stringLiteral();
    const value = literal === undefined ? undefined : readString(literal);
    if (literal === undefined || value === undefined) return this.fail('a string in canonical form');
    this.#at += literal.length;
    return value;
  }

  /** A whole number from 0 to 2^53 − 1. */
  number(): number {
    // What comes after 16 digits is for whoever reads on.
    const [digits = ''] = /^(?:0|[1-9][0-9]{0,15})/.exec(this.#text.slice(this.#at, this.#at + 16)) ?? [];
    const value = Number(digits);
    if (digits === '' || !Number.isSafeInteger(value)) return this.fail('a whole number below 2^53');
    this.#at += digits.length;
    return value;
  }

  /** What `read` gives; mismatches in it say that they are below `step`. */
  within<Value>(step: PathStep, read: (cursor: Cursor) => Value): Value {
    this.#path.push(step);
    const value = read(this);
    this.#path.pop();
    return value;
  }

  /** @throws FormMismatch */
  fail(expected: string): never {
    throw new FormMismatch(expected, { path: [...this.#path], offset: this.#at });
  }

  #stringLiteral(): string | undefined {
    if (this.#text[this.#at] !== '"') return undefined;
    let end = this.#at;
    do end = this.#text.indexOf('"', end + 1);
    while (end > 0 && this.#isEscaped(end));
    return end > 0 ? this.#text.slice(this.#at, end + 1) : undefined;
  }

  #isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.#text[quote - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }
}

/** Where canonical JSON has an escape, or a character that it would have to escape. */
// eslint-disable-next-line no-control-regex -- these are the characters meant
const escape = /[\\\u0000-\u001f]/;

/** The text of a literal, or undefined unless RFC 8785 would write it so. */
function readString(literal: string): string | undefined {
  const value = escape.test(literal) ? parseString(literal) : literal.slice(1, -1);
  return value?.isWellFormed() === true ? value : undefined;
}

function parseString(literal: string): string | undefined {
  try {
    const value = JSON.parse(literal) as string;
    return JSON.stringify(value) === literal ? value : undefined;
  } catch {
    return undefined;
  }
}
