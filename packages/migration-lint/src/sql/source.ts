/** Where something stands in a file. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors and JavaScript count. */
  readonly column: number;
}

/**
 * The text of a file together with the offsets of others: PostgreSQL's tree counts bytes, its errors count characters,
 * and both differ from JavaScript's strings as soon as a comment has an é.
 */
export class Source {
  readonly text: string;
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.text = text;
    this.#bytes = Buffer.from(text);
  }

  /** What stands between two byte offsets. */
  slice(from: number, to?: number): string {
    return this.#bytes.toString('utf8', from, to);
  }

  /** The byte offset of an index into `text`. */
  byteAt(index: number): number {
    return Buffer.byteLength(this.text.slice(0, index));
  }

  /** The byte offset of a number of characters (code points), as the parser's errors count. */
  byteOfCharacter(count: number): number {
    return Buffer.byteLength(Array.from(this.text).slice(0, count).join(''));
  }

  positionOf(byte: number): Position {
    const before = this.slice(0, byte);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: before.length - lineStart + 1 };
  }
}
