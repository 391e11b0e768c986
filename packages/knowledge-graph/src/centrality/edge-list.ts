import type { EdgeColumns } from './csr-graph.ts';

/** Edges whose number is not known in advance; its columns double when they are full. */
export class EdgeList {
  #sources = new Uint32Array(1024);
  #targets = new Uint32Array(1024);
  #weights = new Float64Array(1024);
  #size = 0;

  add(source: number, target: number, weight: number): void {
    if (this.#size === this.#sources.length) this.#grow();
    this.#sources[this.#size] = source;
    this.#targets[this.#size] = target;
    this.#weights[this.#size++] = weight;
  }

  columns(): EdgeColumns {
    return {
      sources: this.#sources.subarray(0, this.#size),
      targets: this.#targets.subarray(0, this.#size),
      weights: this.#weights.subarray(0, this.#size),
    };
  }

  #grow(): void {
    const [sources, targets, weights] = [this.#sources, this.#targets, this.#weights];
    this.#sources = new Uint32Array(2 * this.#size);
    this.#targets = new Uint32Array(2 * this.#size);
    this.#weights = new Float64Array(2 * this.#size);
    this.#sources.set(sources);
    this.#targets.set(targets);
    this.#weights.set(weights);
  }
}
