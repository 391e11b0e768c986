import { utf8Into } from './encoding.ts';

const initialSize = 1024;
/** Enough for the largest node there is; what a hostile one took is given back. */
const maxKept = 4_194_304;

/** Bytes put together one after the other, in memory that grows with them. Integers are big-endian, as PostgreSQL sends them. */
export class ByteWriter {
  #bytes = new Uint8Array(initialSize);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** What was written since the last `clear`, without a copy: the next one writes over it. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > maxKept) this.#use(new Uint8Array(initialSize));
  }

  int8(value: number): void {
    const at = this.#take(1);
    this.#bytes[at] = value;
  }

  int16(value: number): void {
    const at = this.#take(2);
    this.#view.setInt16(at, value);
  }

  int32(value: number): void {
    const at = this.#take(4);
    this.#view.setInt32(at, value);
  }

  int64(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigInt64(at, value);
  }

  bytes(value: Uint8Array): void {
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
  }

  /** UTF-8 of well-formed text. */
  text(value: string): void {
    // No character takes more than three bytes for each of its UTF-16 code units.
    const at = this.#take(3 * value.length);
    this.#length = at + utf8Into(value, this.#bytes, at);
  }

  /** Room for the length of what follows; give the answer to `endSized` behind it. */
  beginSized(): number {
    return this.#take(4);
  }

  endSized(begin: number): void {
    this.#view.setInt32(begin, this.#length - begin - 4);
  }

  #take(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#length);
    larger.set(this.#bytes);
    this.#use(larger);
  }

  #use(memory: Uint8Array<ArrayBuffer>): void {
    this.#bytes = memory;
    this.#view = new DataView(memory.buffer);
  }
}
