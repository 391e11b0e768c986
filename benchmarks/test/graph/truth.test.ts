import { describe, expect, it } from 'vitest';
import { growGraph } from '../../graph/data.ts';
import { GraphInMemory } from '../../graph/truth.ts';

const edge = (source: number, target: number, hundredths: number, isDirectional = false) => ({
  ...{ source, target, hundredths, isDirectional },
  type: 'VALIDATES',
});

describe('GraphInMemory', () => {
  it('knows hops, and the best of the shortest ways', () => {
    const truth = new GraphInMemory(5, [
      edge(0, 1, 50),
      edge(0, 2, 90),
      edge(1, 3, 100),
      edge(2, 3, 90),
      edge(4, 0, 100, true),
    ]);
    expect(truth.reach(0, 2)).toEqual(
      new Map([
        [0, { hops: 0, confidence: 1 }],
        [1, { hops: 1, confidence: 0.5 }],
        [2, { hops: 1, confidence: 0.9 }],
        [3, { hops: 2, confidence: 0.9 * 0.9 }],
      ]),
    );
    expect(truth.reach(4, 1).get(0)).toEqual({ hops: 1, confidence: 1 });
  });
});

describe('growGraph', () => {
  it('grows the same graph from the same seed, with hubs and without an agent related to itself', () => {
    const edges = growGraph(300, 1);
    expect(growGraph(300, 1)).toEqual(edges);
    expect(growGraph(300, 2)).not.toEqual(edges);
    expect(
      edges.every(
        ({ source, target, isDirectional }) => source !== target && (isDirectional || source < target),
      ),
    ).toBe(true);
    expect(edges.length / 300).toBeGreaterThan(4.5);
    expect(new GraphInMemory(300, edges).hub()).toBeLessThan(10);
  });
});
