import { createHash } from 'node:crypto';
import { type EntityType, type NodeToAppend } from '../../../src/index.ts';
import { nodeToAppend } from '../../log/support/nodes.ts';

const types: readonly EntityType[] = ['verdict', 'waiver', 'gate', 'spec', 'budget', 'policy'];
const largest = 14;

/** Numbers from 0 to 1, the same for the same seed. mulberry32, Tommy Ettinger, public domain. */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Graphs of 1 to 14 nodes, each node with up to four parents among those before it; the same for the same seed. */
export function randomDags(count: number, seed: number): NodeToAppend[][] {
  const random = numbersFrom(seed);
  const upTo = (bound: number): number => Math.floor(random() * bound);
  return Array.from({ length: count }, (_, dag) => {
    const nodes: NodeToAppend[] = [];
    for (let size = 1 + upTo(largest); nodes.length < size;) {
      const parents = Array.from({ length: upTo(5) }, () => nodes[upTo(nodes.length)]?.id ?? []).flat();
      nodes.push(
        nodeToAppend({
          id: uuidOf(`${dag}/${nodes.length}`),
          entityType: types[upTo(types.length)] ?? 'verdict',
          parents: [...new Set(parents)],
        }),
      );
    }
    return nodes;
  });
}

export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
