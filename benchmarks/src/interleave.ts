import { mapRecord } from './map-record.ts';
import { summarize, type Measured, type Round } from './statistics.ts';

/** Somebody who does the same work as others in its own way. */
export interface Contender {
  round(): Promise<Round>;
}

export interface Rounds {
  readonly rounds: number;
  /** Rounds before them that are not counted: compilers, caches and connections warm up. */
  readonly warmUpRounds: number;
}

/**
 * Lets the contenders take turns, A B C, B C A, C A B, …, so that whatever slows the machine down for a while slows all
 * of them down, and nobody always comes after the same one.
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, warmUpRounds }: Rounds,
): Promise<Record<Name, Measured>> {
  const taken = mapRecord(contenders, (contender) => ({ contender, rounds: [] as Round[] }));
  for (let at = 0; at < warmUpRounds + rounds; at++) {
    for (const one of startingWith(Object.values<(typeof taken)[Name]>(taken), at)) {
      const round = await one.contender.round();
      if (at >= warmUpRounds) one.rounds.push(round);
    }
  }
  return mapRecord(taken, (one) => summarize(one.rounds));
}

function startingWith<T>(values: readonly T[], at: number): readonly T[] {
  const first = at % values.length;
  return [...values.slice(first), ...values.slice(0, first)];
}
