import type { Timed } from './load.ts';

/** A part of a migration run: a file, or the preparation of one. */
export interface Phase extends Timed {
  readonly name: string;
}

/** The longest that a statement took in each phase. One that lay in several counts where most of it was. */
export function longestByPhase(
  timed: readonly Timed[],
  phases: readonly Phase[],
): Readonly<Record<string, number>> {
  const longest: Record<string, number> = Object.fromEntries(phases.map(({ name }) => [name, 0]));
  for (const statement of timed) {
    const [best] = phases.toSorted((a, b) => overlap(b, statement) - overlap(a, statement));
    if (best === undefined || overlap(best, statement) <= 0) continue;
    const elapsedMs = statement.endedAt - statement.startedAt;
    longest[best.name] = Math.max(longest[best.name] ?? 0, elapsedMs);
  }
  return longest;
}

function overlap(a: Timed, b: Timed): number {
  return Math.min(a.endedAt, b.endedAt) - Math.max(a.startedAt, b.startedAt);
}
