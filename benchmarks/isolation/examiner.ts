import { isDeepStrictEqual } from 'node:util';
import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';
import type { Shape } from './shapes.ts';

type Row = Record<string, unknown>;

export type Ask = (text: string, values: unknown[]) => Promise<Row[]>;

/** Asks a shape's statements one after the other, takes their times, and looks whether the answers are right. */
export class Examiner implements Contender {
  readonly #who: string;
  readonly #ask: Ask;
  readonly #shape: Shape;
  readonly #count: number;
  #asked = 0;
  #wrongAnswers = 0;

  constructor(who: string, ask: Ask, { shape, count }: { readonly shape: Shape; readonly count: number }) {
    this.#who = who;
    this.#ask = ask;
    this.#shape = shape;
    this.#count = count;
  }

  get isFaultless(): boolean {
    return this.#asked > 0 && this.#wrongAnswers === 0;
  }

  async round(): Promise<Round> {
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    for (let left = this.#count; left > 0; left -= 1) {
      const at = this.#asked++;
      const values = this.#shape.valuesOf(at, this.#who);
      const askedAt = performance.now();
      const rows = await this.#ask(this.#shape.text, values);
      latenciesMs.push(performance.now() - askedAt);
      if (!isDeepStrictEqual(rows, this.#shape.rowsOf(at, this.#who))) this.#wrongAnswers++;
    }
    return { latenciesMs, elapsedMs: performance.now() - startedAt };
  }
}
