import { NeighborGroups } from './neighbor-groups.ts';
import { NodeQueue } from './node-queue.ts';
import { Partition } from './partition.ts';
import { shuffle, type SeededRandom } from './seeded-random.ts';
import { realAt, wholeAt } from './typed-arrays.ts';
import type { WeightedNetwork } from './weighted-network.ts';

/** Moves each node to the group that gains most by it, until no move gains anything. Changes `groups`. */
export function moveNodes(
  network: WeightedNetwork,
  groups: Uint32Array<ArrayBuffer>,
  { resolution, random }: { resolution: number; random: SeededRandom },
): void {
  const { graph, strengths } = network;
  const partition = new Partition(groups, strengths);
  const neighbors = new NeighborGroups(graph.nodeCount);
  const queue = new NodeQueue(shuffle(Uint32Array.from(groups.keys()), random));
  for (let node = queue.take(); node !== undefined; node = queue.take()) {
    neighbors.look(graph, node, { groups });
    const best = bestGroup(node, { network, resolution, partition, neighbors });
    if (best === groups[node]) continue;
    partition.move(node, best);
    const end = wholeAt(graph.offsets, node + 1);
    for (let edge = wholeAt(graph.offsets, node); edge < end; edge++) {
      const neighbor = wholeAt(graph.targets, edge);
      if (groups[neighbor] !== best) queue.put(neighbor);
    }
  }
}

interface Move {
  readonly network: WeightedNetwork;
  readonly resolution: number;
  readonly partition: Partition;
  readonly neighbors: NeighborGroups;
}

/** Its own, unless another one gains more: more than what rounding makes of nothing. */
function bestGroup(node: number, { network, resolution, partition, neighbors }: Move): number {
  const { strengths, total } = network;
  const least = total * 1e-14;
  const strength = realAt(strengths, node);
  const gain = (group: number): number =>
    neighbors.weightTo(group) - (resolution * strength * partition.strengthWithout(node, group)) / total;
  const own = wholeAt(partition.groups, node);
  let best = own;
  let bestGain = gain(own);
  for (const group of neighbors.found) {
    const groupGain = gain(group);
    if (groupGain <= bestGain + least) continue;
    [best, bestGain] = [group, groupGain];
  }
  return bestGain < -least ? partition.groupAlone(node) : best;
}
