import { randomBytes } from 'node:crypto';
import { TenancyError } from '../errors.ts';
import { KEY_BYTES } from './xaes-256-gcm.ts';

/** A tenant's data key, unwrapped. Its bytes leave it only for the time of a call. */
export class DataKey {
  readonly id: string;
  readonly #bytes: Buffer;
  #isWiped = false;

  /** Takes the bytes over: the caller's are zeroed. */
  constructor(id: string, bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) {
      throw new TenancyError('KEY_UNAVAILABLE', `the key ${id} came back with ${bytes.length} bytes`);
    }
    this.id = id;
    // Not of the pool of small buffers, whose memory others get.
    this.#bytes = Buffer.alloc(KEY_BYTES);
    this.#bytes.set(bytes);
    bytes.fill(0);
  }

  static generate(): DataKey {
    return new DataKey(crypto.randomUUID(), randomBytes(KEY_BYTES));
  }

  get isWiped(): boolean {
    return this.#isWiped;
  }

  /** Lends the bytes to `work`, which must not keep them, nor wait. */
  use<T>(work: (bytes: Uint8Array) => T): T {
    // Zeros would encrypt, too.
    if (this.#isWiped) throw new TenancyError('KEY_UNAVAILABLE', `the key ${this.id} was wiped from memory`);
    return work(this.#bytes);
  }

  /** Zeroes the key. What the runtime copied while it worked is out of reach. */
  wipe(): void {
    this.#isWiped = true;
    this.#bytes.fill(0);
  }

  /** A copy for whoever wraps it, who zeroes it. */
  copy(): Uint8Array {
    return this.use((bytes) => Uint8Array.from(bytes));
  }
}
