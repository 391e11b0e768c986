import type { Version } from './versions.ts';

/** What a walk may use. Days as in versions. */
export interface Limits {
  readonly direction: 'outgoing' | 'incoming' | 'both';
  readonly types?: readonly Version['type'][];
  readonly minHundredths: number;
  readonly asOf?: number;
  readonly knownAt?: number;
}

interface Step {
  readonly to: string;
  readonly version: Version;
  readonly orientation: '>' | '<' | '-';
}

/** Every way that passes nobody twice, as the steps taken. */
export interface SimplePath {
  readonly agentIds: readonly string[];
  readonly steps: readonly Step[];
  /** Product of the confidences in hundredths; exact for up to seven hops. */
  readonly product: number;
}

const NOW = 1_000_000;

export function seen(versions: readonly Version[], limits: Limits): Version[] {
  const { types, minHundredths, asOf = NOW, knownAt } = limits;
  return versions.filter(
    (version) =>
      version.hundredths >= minHundredths &&
      (types === undefined || types.includes(version.type)) &&
      version.validFrom <= asOf &&
      asOf < (version.validTo ?? Infinity) &&
      (knownAt === undefined
        ? version.supersededAt === undefined
        : version.recordedAt <= knownAt && knownAt < (version.supersededAt ?? Infinity)),
  );
}

/** UTF-8 bytes, as `collate "C"` compares. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The most confident first, then by neighbour, type and orientation. */
export function stepsFrom(
  versions: readonly Version[],
  agentId: string,
  { direction }: Pick<Limits, 'direction'>,
): Step[] {
  const steps = versions.flatMap((version): Step[] => {
    const { source, target, isDirectional } = version;
    if (!isDirectional) {
      if (source === agentId) return [{ to: target, version, orientation: '-' }];
      return target === agentId ? [{ to: source, version, orientation: '-' }] : [];
    }
    if (source === agentId && direction !== 'incoming') return [{ to: target, version, orientation: '>' }];
    return target === agentId && direction !== 'outgoing' ? [{ to: source, version, orientation: '<' }] : [];
  });
  return steps.toSorted(
    (a, b) => b.version.hundredths - a.version.hundredths || byBytes(a.to, b.to) || byLabel(a, b),
  );
}

function byLabel(a: Step, b: Step): number {
  return byBytes(a.version.type, b.version.type) || byBytes(a.orientation, b.orientation);
}

/** All of them, by trying every step. */
export function simplePaths(
  stepsOf: (agentId: string) => readonly Step[],
  start: string,
  maxHops: number,
): SimplePath[] {
  const found: SimplePath[] = [];
  const visit = (path: SimplePath): void => {
    found.push(path);
    if (path.steps.length === maxHops) return;
    for (const step of stepsOf(path.agentIds.at(-1) ?? start)) {
      if (path.agentIds.includes(step.to)) continue;
      visit({
        agentIds: [...path.agentIds, step.to],
        steps: [...path.steps, step],
        product: path.product * step.version.hundredths,
      });
    }
  };
  visit({ agentIds: [start], steps: [], product: 1 });
  return found;
}

/** For every agent the best of the shortest paths: highest product, then smallest agent before it, then first type. */
export function bestShortest(paths: readonly SimplePath[]): Map<string, SimplePath> {
  const best = new Map<string, SimplePath>();
  for (const path of paths) {
    const id = path.agentIds.at(-1) ?? '';
    const known = best.get(id);
    if (known === undefined || compareWaysIn(path, known) < 0) best.set(id, path);
  }
  return best;
}

function compareWaysIn(a: SimplePath, b: SimplePath): number {
  const [lastA, lastB] = [a.steps.at(-1), b.steps.at(-1)];
  return (
    a.steps.length - b.steps.length ||
    b.product - a.product ||
    byBytes(a.agentIds.at(-2) ?? '', b.agentIds.at(-2) ?? '') ||
    (lastA === undefined || lastB === undefined ? 0 : byLabel(lastA, lastB))
  );
}

/** Of paths through the same agents the most confident, by hops, then confidence, then ids. */
export function ranked(paths: readonly SimplePath[], target: string): SimplePath[] {
  const best = new Map<string, SimplePath>();
  for (const path of paths) {
    if (path.agentIds.at(-1) !== target) continue;
    const key = JSON.stringify(path.agentIds);
    const known = best.get(key);
    if (known === undefined || path.product > known.product) best.set(key, path);
  }
  return [...best.values()].toSorted(
    (a, b) => a.steps.length - b.steps.length || b.product - a.product || byAgents(a, b),
  );
}

/** Highest product of shares, then fewest hops, then ids. */
export function strongest(paths: readonly SimplePath[], target: string): SimplePath | undefined {
  const share = (path: SimplePath): number => path.product * 100 ** (7 - path.steps.length);
  return ranked(paths, target).toSorted((a, b) => share(b) - share(a) || a.steps.length - b.steps.length)[0];
}

function byAgents(a: SimplePath, b: SimplePath): number {
  for (const [at, id] of a.agentIds.entries()) {
    const order = byBytes(id, b.agentIds[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** How the package writes a relationship. */
export function edgeOf({ source, target, type, isDirectional, hundredths }: Version) {
  return {
    sourceAgentId: source,
    targetAgentId: target,
    type,
    isDirectional,
    confidence: hundredths / 100,
  };
}
