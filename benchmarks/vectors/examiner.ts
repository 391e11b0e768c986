import type { ConnectionPoolManager } from '@agent-agency/db-core';
import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';
import type { Question } from './questions.ts';
import type { Search } from './searchers.ts';

/** How well one question was answered. */
export interface Mark {
  readonly question: Question;
  /** Share of the true nearest that were found. */
  readonly recall: number;
  /** Rows returned ÷ rows that there are to return. */
  readonly completeness: number;
}

/** Asks every question once a round, one after another, and marks the answers. */
export class Examiner implements Contender {
  readonly #manager: ConnectionPoolManager;
  readonly #search: Search;
  readonly #questions: readonly Question[];
  marks: readonly Mark[] = [];

  constructor(manager: ConnectionPoolManager, search: Search, questions: readonly Question[]) {
    this.#manager = manager;
    this.#search = search;
    this.#questions = questions;
  }

  async round(): Promise<Round> {
    const latenciesMs: number[] = [];
    const answers: string[][] = [];
    const startedAt = performance.now();
    for (const question of this.#questions) {
      const askedAt = performance.now();
      answers.push(await this.#search(this.#manager, question));
      latenciesMs.push(performance.now() - askedAt);
    }
    const elapsedMs = performance.now() - startedAt;
    this.marks = this.#questions.map((question, at) => mark(question, answers[at] ?? []));
    return { latenciesMs, elapsedMs };
  }
}

export function mark(question: Question, answer: readonly string[]): Mark {
  const found = new Set(answer);
  const { nearest } = question;
  return {
    question,
    recall: nearest.filter((id) => found.has(id)).length / nearest.length,
    completeness: answer.length / nearest.length,
  };
}

/** Mean, and mean of the worst tenth. */
export function recallFigures(marks: readonly Mark[]): { recallAt10: number; worstDecile: number } {
  const recalls = marks.map(({ recall }) => recall).sort((one, other) => one - other);
  return {
    recallAt10: mean(recalls),
    worstDecile: mean(recalls.slice(0, Math.ceil(recalls.length / 10))),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
