/** Bytes that arrive in chunks and are taken in pieces of other sizes. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** The next bytes, which stay; undefined while there are fewer. */
  peek(size: number): Buffer | undefined {
    const [first] = this.#chunks;
    if (first === undefined || this.#size < size) return undefined;
    if (first.length >= size) return first.subarray(0, size);
    // Only once all are there: joining at every chunk would make a large message's cost quadratic.
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined.subarray(0, size);
  }

  /** The next bytes; undefined while there are fewer. */
  take(size: number): Buffer | undefined {
    const taken = this.peek(size);
    const [first] = this.#chunks;
    if (taken === undefined || first === undefined) return undefined;
    this.#size -= size;
    if (first.length === size) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(size);
    return taken;
  }
}
