import { wholeAt } from './typed-arrays.ts';

/** Nodes that wait for their turn, each once. */
export class NodeQueue {
  readonly #ring: Uint32Array;
  readonly #waits: Uint8Array;
  #first = 0;
  #size: number;

  /** All nodes, in this order. */
  constructor(nodes: Uint32Array) {
    this.#ring = nodes;
    this.#waits = new Uint8Array(nodes.length).fill(1);
    this.#size = nodes.length;
  }

  take(): number | undefined {
    if (this.#size === 0) return undefined;
    const node = wholeAt(this.#ring, this.#first);
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#size--;
    this.#waits[node] = 0;
    return node;
  }

  put(node: number): void {
    if (this.#waits[node] === 1) return;
    this.#waits[node] = 1;
    this.#ring[(this.#first + this.#size) % this.#ring.length] = node;
    this.#size++;
  }
}
