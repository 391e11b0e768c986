import { byBytes } from './oracle.ts';
import type { Version } from './versions.ts';

export interface RandomGraph {
  readonly agentIds: readonly string[];
  readonly versions: readonly Version[];
}

/** Days in which everything happens. */
export const DAYS = 10;

/** Orders by bytes, by halves of surrogate pairs and by a language's alphabet all differ. */
const LETTERS = ['b', 'A', 'é', 'Ａ', '😀', 'C', 'd', 'Z'];
const TYPES = ['COLLABORATES_WITH', 'DEPENDS_ON', 'VALIDATES'] as const;

/** A whole number below `limit`. */
export type Random = (limit: number) => number;

/** Numbers that look random and are the same for the same seed: mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Up to eight agents, and each relationship with one or two periods and up to two versions that were believed before. */
export function randomGraph(seed: number, random: Random): RandomGraph {
  const agentIds = LETTERS.slice(0, 3 + random(6)).map((letter) => `${seed} ${letter}`);
  const versions = new Map<string, Version[]>();
  for (let left = agentIds.length * (2 + random(4)); left > 0; left -= 1) {
    const [one = '', other = ''] = [agentIds[random(agentIds.length)], agentIds[random(agentIds.length)]];
    const isDirectional = random(2) === 0;
    const isTurned = !isDirectional && byBytes(one, other) > 0;
    const [source, target] = isTurned ? [other, one] : [one, other];
    const type = TYPES[random(TYPES.length)] ?? 'VALIDATES';
    if (source === target) continue;
    versions.set(`${source} ${target} ${type}`, versionsOf({ source, target, type, isDirectional }, random));
  }
  return { agentIds, versions: [...versions.values()].flat() };
}

function versionsOf(
  key: Pick<Version, 'source' | 'target' | 'type' | 'isDirectional'>,
  random: Random,
): Version[] {
  // Few different confidences, so that equally confident ways are common.
  const hundredths = (): number => [50, 60, 75, 80, 90, 100][random(6)] ?? 50;
  const validFrom = random(DAYS / 2);
  const change = validFrom + 1 + random(DAYS / 2);
  const isSplit = random(3) === 0;
  const current: Version[] = [
    {
      ...key,
      hundredths: hundredths(),
      validFrom,
      ...(isSplit && { validTo: change }),
      recordedAt: random(DAYS),
    },
    ...(isSplit && random(2) === 0
      ? [{ ...key, hundredths: hundredths(), validFrom: change, recordedAt: random(DAYS) }]
      : []),
  ];
  const before = Array.from({ length: random(3) }, (): Version => {
    const recordedAt = random(DAYS);
    const from = random(DAYS);
    return {
      ...key,
      hundredths: hundredths(),
      validFrom: from,
      ...(random(2) === 0 && { validTo: from + 1 + random(DAYS) }),
      recordedAt,
      supersededAt: recordedAt + 1 + random(DAYS),
    };
  });
  return [...current, ...before];
}
