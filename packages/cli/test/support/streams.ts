import { Writable } from 'node:stream';

/** A stream that remembers what was written to it. */
export class Memory extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  #text = '';

  constructor(options: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns ?? 80;
  }

  get text(): string {
    return this.#text;
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#text += String(chunk);
    this.emit('written');
    done();
  }
}
