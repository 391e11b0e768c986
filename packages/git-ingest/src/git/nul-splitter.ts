/** What stood before one NUL; `isCut` when it was longer than the limit and its end is missing. */
export interface Token {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

const nul = 0;

/** Cuts a stream of chunks at its NULs, and keeps at most `maxTokenBytes` of a token that runs over several chunks. */
export class NulSplitter {
  readonly #maxTokenBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isCut = false;

  constructor(maxTokenBytes: number) {
    this.#maxTokenBytes = maxTokenBytes;
  }

  /** The tokens that this chunk completes. They share its memory. */
  *push(chunk: Buffer): Generator<Token, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(nul); end !== -1; end = chunk.indexOf(nul, start)) {
      this.#keep(chunk.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** True when the stream stops in the middle of a token. */
  get isInsideToken(): boolean {
    return this.#pendingBytes > 0;
  }

  #keep(bytes: Buffer): void {
    const room = this.#maxTokenBytes - this.#pendingBytes;
    if (bytes.length > room) this.#isCut = true;
    const kept = bytes.subarray(0, room);
    if (kept.length > 0) this.#pending.push(kept);
    this.#pendingBytes += kept.length;
  }

  #take(): Token {
    const [first] = this.#pending;
    const bytes = first !== undefined && this.#pending.length === 1 ? first : Buffer.concat(this.#pending);
    const token = { bytes, isCut: this.#isCut };
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isCut = false;
    return token;
  }
}
