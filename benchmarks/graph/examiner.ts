import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';

/** Asks one question after the other, takes the times, and looks whether the answers are right. */
export class Examiner<Question, Answer> implements Contender {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #isRight: (question: Question, answer: Answer) => boolean;
  readonly #questions: readonly Question[];
  #asked = 0;
  #wrongAnswers = 0;

  constructor(
    questions: readonly Question[],
    ask: (question: Question) => Promise<Answer>,
    isRight: (question: Question, answer: Answer) => boolean,
  ) {
    this.#questions = questions;
    this.#ask = ask;
    this.#isRight = isRight;
  }

  get isFaultless(): boolean {
    return this.#asked > 0 && this.#wrongAnswers === 0;
  }

  async round(): Promise<Round> {
    const latenciesMs: number[] = [];
    for (const question of this.#questions) {
      const askedAt = performance.now();
      const answer = await this.#ask(question);
      latenciesMs.push(performance.now() - askedAt);
      this.#asked += 1;
      if (!this.#isRight(question, answer)) this.#wrongAnswers += 1;
    }
    return { latenciesMs, elapsedMs: latenciesMs.reduce((sum, ms) => sum + ms, 0) };
  }
}
