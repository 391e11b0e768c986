import type { EmbeddingProvider } from '@agent-agency/hybrid-search';
import { canonicalName, type CapabilityKey, type Demonstration } from '@agent-agency/knowledge-graph';
import type { Showing } from './showings.ts';

/** Showings of one capability of one agent, added up. */
export type Tally = Omit<Demonstration, 'embedding'> & CapabilityKey;

const maxTopics = 24;

/** Adds up what a batch shows, per agent and capability. */
export function tallyOf(showings: readonly Showing[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const showing of showings) {
    const key = keyOf({ agentId: showing.agentId, canonicalName: canonicalName(showing.name) });
    tallies.set(key, add(tallies.get(key), showing));
  }
  return [...tallies.values()];
}

/** One string for an agent's capability, to look it up by. */
export function keyOf({ agentId, canonicalName: name }: CapabilityKey): string {
  return `${agentId} ${name}`;
}

function add(tally: Tally | undefined, showing: Showing): Tally {
  const { agentId, type, name, at, confidence, topics } = showing;
  if (tally === undefined) {
    return {
      agentId,
      canonicalName: canonicalName(name),
      type,
      name,
      count: 1,
      firstAt: at,
      lastAt: at,
      extractionConfidence: confidence,
      topics: [...topics],
    };
  }
  return {
    ...tally,
    count: tally.count + 1,
    firstAt: at < tally.firstAt ? at : tally.firstAt,
    lastAt: at > tally.lastAt ? at : tally.lastAt,
    topics: latest(topics, tally.topics),
  };
}

/** The most recent words first, each once: what an agent uses a capability for now. */
function latest(newer: readonly string[], older: readonly string[]): string[] {
  return [...new Set([...newer, ...older])].slice(0, maxTopics);
}

/** Tallies with the words known before, and the embedding of name and words. */
export async function embedTallies(
  tallies: readonly Tally[],
  known: readonly (CapabilityKey & { readonly topics: readonly string[] })[],
  embeddings: EmbeddingProvider,
): Promise<Demonstration[]> {
  const before = new Map(known.map((capability) => [keyOf(capability), capability.topics]));
  const merged = tallies.map((tally) => ({
    ...tally,
    topics: latest(tally.topics, before.get(keyOf(tally)) ?? []),
  }));
  const vectors = await embeddings.embed(
    merged.map(({ name, topics }) => `${embeddable(name)} ${topics.join(' ')}`),
  );
  return merged.map(({ canonicalName: _canonicalName, ...tally }, place) => {
    const embedding = vectors[place];
    if (embedding === undefined)
      throw new RangeError(`the embedding provider left out text ${String(place)}`);
    return { ...tally, embedding };
  });
}

/** A folder may be called `___`; a provider may refuse text without any letter. */
function embeddable(name: string): string {
  return hasWords(name) ? name : `folder ${name}`;
}

/** Whether there is anything to embed. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
