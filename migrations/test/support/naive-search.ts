import { walkNaively, type Graph } from './graph.ts';
import { cosine } from './vectors.ts';
import type { Entity, Search, World } from './world.ts';

/** Places that PostgreSQL gives to words are taken from it, row by row: they are not what is tested here. */
export interface WordRank {
  readonly entity_type: string;
  readonly id: string;
  readonly rank: number;
}

const keyOf = ({ type, id }: Pick<Entity, 'type' | 'id'>): string => `${type} ${id}`;
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const byKey = (one: Entity, other: Entity): number =>
  compare(one.type, other.type) || compare(one.id, other.id);

/** 1 / (60 + place) to 20 decimals, rounded as `numeric` does, as a whole number. */
const score = (place: number): bigint => (2n * 10n ** 20n + BigInt(60 + place)) / BigInt(2 * (60 + place));

/** The whole search, arm by arm, by sorting everything: the lines of the result, comma-separated. */
export function searchNaively(world: World, what: Search, ranks: readonly WordRank[]): string[] {
  const { hops = 2, limit = 10, types = null, confidence: least = 0.5 } = what;
  const entries = world.entities.filter(
    ({ type, confidence }) =>
      (confidence === null || confidence >= Number(least)) && (types === null || types.includes(type)),
  );
  const [vector, text] = [byMeaning(entries, what.embedding), byWords(entries, ranks)];
  const reached = reachedFrom(world, seedsOf([vector, text]), Number(hops));
  return fuse({ vector, text, graph: byRelation(entries, reached) }, reached).slice(0, Number(limit));
}

function byMeaning(entries: readonly Entity[], embedding: readonly number[] | null | undefined): Entity[] {
  // Equal embeddings are equally far; single precision does not tell others apart that are this near.
  const distance = (entity: Entity): number =>
    Number((1 - cosine(entity.embedding ?? [], embedding ?? [])).toFixed(6));
  return entries
    .filter((entity) => embedding && entity.embedding)
    .sort((one, other) => distance(one) - distance(other) || byKey(one, other))
    .slice(0, 100);
}

function byWords(entries: readonly Entity[], ranks: readonly WordRank[]): Entity[] {
  const known = new Map(ranks.map(({ entity_type, id, rank }) => [`${entity_type} ${id}`, rank]));
  const rank = (entity: Entity): number => known.get(keyOf(entity)) ?? 0;
  return entries
    .filter((entity) => known.has(keyOf(entity)))
    .sort((one, other) => rank(other) - rank(one) || byKey(one, other))
    .slice(0, 100);
}

function byRelation(entries: readonly Entity[], reached: ReadonlyMap<string, Reached>): Entity[] {
  return entries
    .flatMap((entity) => {
      const way = reached.get(agentOf(entity) ?? '');
      return way === undefined ? [] : [{ entity, way }];
    })
    .sort(
      (one, other) =>
        one.way.hops - other.way.hops ||
        other.way.weight - one.way.weight ||
        compare(other.entity.type, one.entity.type) ||
        (other.entity.confidence ?? -1) - (one.entity.confidence ?? -1) ||
        compare(one.entity.id, other.entity.id),
    )
    .slice(0, 100)
    .map(({ entity }) => entity);
}

function fuse(
  arms: Readonly<Record<'vector' | 'text' | 'graph', readonly Entity[]>>,
  reached: ReadonlyMap<string, Reached>,
): string[] {
  const fused = new Map<string, { entity: Entity; score: bigint; sources: string[]; hops: number }>();
  for (const [source, arm] of Object.entries(arms)) {
    for (const [at, entity] of arm.entries()) {
      const known = fused.get(keyOf(entity)) ?? { entity, score: 0n, sources: [], hops: Infinity };
      const hops = source === 'graph' ? (reached.get(agentOf(entity) ?? '')?.hops ?? 0) : 0;
      fused.set(keyOf(entity), {
        entity,
        score: known.score + score(at + 1),
        sources: [...known.sources, source],
        hops: Math.min(known.hops, hops),
      });
    }
  }
  return [...fused.values()]
    .sort((one, other) => Number(other.score - one.score) || byKey(one.entity, other.entity))
    .map(({ entity, score, sources, hops }) =>
      [
        ...[entity.type, entity.id, entity.name, `0.${String(score).padStart(20, '0')}`],
        ...[sources.length > 1 ? 'hybrid' : sources[0], hops, entity.parent],
      ].join(),
    );
}

/** The agent itself, or the one that has a capability. */
function agentOf({ type, id, parent }: Entity): string | null {
  return type === 'agent_profile' ? id : type === 'agent_capability' ? parent : null;
}

/** The five agents whose own rows stand highest in an arm, each with its best place. */
function seedsOf(arms: readonly (readonly Entity[])[]): [agent: string, place: number][] {
  const places = new Map<string, number>();
  for (const arm of arms)
    for (const [at, entity] of arm.entries()) {
      const owner = agentOf(entity);
      if (owner !== null) places.set(owner, Math.min(places.get(owner) ?? Infinity, at + 1));
    }
  return [...places]
    .sort(([one, place], [other, otherPlace]) => place - otherPlace || compare(one, other))
    .slice(0, 5);
}

interface Reached {
  readonly hops: number;
  readonly weight: number;
}

/** Whom walks from the seeds reach: the fewest hops, and the best confidence, halved for every place of its seed. */
function reachedFrom(
  { tenant, entities, edges }: World,
  seeds: readonly (readonly [agent: string, place: number])[],
  maxHops: number,
): Map<string, Reached> {
  const graph: Graph = { tenant, edges, agents: entities.map(({ id }) => id) };
  const reached = new Map<string, Reached>();
  for (const [seed, place] of maxHops > 0 ? seeds : []) {
    for (const [agent, { hops, confidence }] of walkNaively(graph, seed, { maxHops, minConfidence: 0.5 })) {
      if (agent === seed) continue;
      const known = reached.get(agent) ?? { hops: Infinity, weight: 0 };
      reached.set(agent, {
        hops: Math.min(known.hops, hops),
        weight: Math.max(known.weight, Number((confidence * 0.5 ** (place - 1)).toPrecision(12))),
      });
    }
  }
  return reached;
}
