import type { CsrGraph } from './csr-graph.ts';
import { realAt, wholeAt } from './typed-arrays.ts';

/** Makes a group of each connected part of a group, called as its first node. That never lessens the modularity. */
export function separateParts(graph: CsrGraph, groups: Uint32Array): void {
  const before = groups.slice();
  const isDone = new Uint8Array(groups.length);
  for (const first of before.keys()) {
    if (isDone[first] === 1) continue;
    isDone[first] = 1;
    const part = [first];
    for (let node = part.pop(); node !== undefined; node = part.pop()) {
      groups[node] = first;
      const end = wholeAt(graph.offsets, node + 1);
      for (let edge = wholeAt(graph.offsets, node); edge < end; edge++) {
        const neighbor = wholeAt(graph.targets, edge);
        if (isDone[neighbor] === 1 || before[neighbor] !== before[node] || realAt(graph.weights, edge) === 0)
          continue;
        isDone[neighbor] = 1;
        part.push(neighbor);
      }
    }
  }
}
