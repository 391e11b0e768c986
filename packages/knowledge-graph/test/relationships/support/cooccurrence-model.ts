import { hundredths } from '../../support/fixtures.ts';

/** Contexts, each with the agents that were seen in it. */
export type Contexts = ReadonlyMap<string, ReadonlySet<string>>;

export interface ModelRelationship {
  readonly source: string;
  readonly target: string;
  readonly count: number;
  readonly confidence: number;
  readonly strength: number;
  readonly mutualInformation: number;
  readonly pointwiseMutualInformation: number;
}

/** What `relateCooccurringAgents` has to arrive at, from the definitions and by counting, pair by pair. */
export function relationshipsOf(contexts: Contexts): ModelRelationship[] {
  const all = [...contexts.values()].filter((agents) => agents.size > 0);
  const agents = [...new Set(all.flatMap((seen) => [...seen]))].toSorted();
  return agents.flatMap((source) =>
    agents.flatMap((target) => {
      if (source >= target) return [];
      const both = countOf(all, (seen) => seen.has(source) && seen.has(target));
      return both === 0 ? [] : [measure(all, source, target)];
    }),
  );
}

function measure(all: readonly ReadonlySet<string>[], source: string, target: string): ModelRelationship {
  const both = countOf(all, (seen) => seen.has(source) && seen.has(target));
  const withSource = countOf(all, (seen) => seen.has(source));
  const withTarget = countOf(all, (seen) => seen.has(target));
  return {
    source,
    target,
    count: both,
    confidence: hundredths(2 * both + 3, 2 * both + 6),
    strength: hundredths(both, withSource + withTarget - both),
    mutualInformation: mutualInformation(all, source, target),
    pointwiseMutualInformation: Math.log2((both * all.length) / (withSource * withTarget)),
  };
}

/** Entropies instead of the sum over cells: I(X; Y) = H(X) + H(Y) − H(X, Y). */
function mutualInformation(all: readonly ReadonlySet<string>[], source: string, target: string): number {
  const entropyBy = (outcomeOf: (seen: ReadonlySet<string>) => string): number => {
    const counts = new Map<string, number>();
    for (const seen of all) counts.set(outcomeOf(seen), (counts.get(outcomeOf(seen)) ?? 0) + 1);
    return [...counts.values()].reduce((sum, n) => sum - (n / all.length) * Math.log2(n / all.length), 0);
  };
  const x = (seen: ReadonlySet<string>) => String(seen.has(source));
  const y = (seen: ReadonlySet<string>) => String(seen.has(target));
  return entropyBy(x) + entropyBy(y) - entropyBy((seen) => x(seen) + y(seen));
}

function countOf(all: readonly ReadonlySet<string>[], holds: (seen: ReadonlySet<string>) => boolean): number {
  return all.filter(holds).length;
}
