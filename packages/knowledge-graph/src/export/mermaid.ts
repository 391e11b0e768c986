import { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import type { ExportedGraph, ExportedRelationship } from './exported-graph.ts';

/** Mermaid itself draws no more than 500 edges and 50,000 letters, unless it is told to. */
export const MermaidOptions = z.strictObject({
  maxNodes: z.int().min(1).max(10_000).default(200),
  maxEdges: z.int().min(1).max(10_000).default(500),
  maxLength: z.int().min(1).max(10_000_000).default(50_000),
  direction: z.enum(['LR', 'RL', 'TB', 'BT']).default('LR'),
});
export type MermaidOptions = z.input<typeof MermaidOptions>;

const LABEL_LENGTH = 80;

/**
 * A small graph as a Mermaid flow chart: agents by their names, relationships by type and confidence, without an arrow head
 * where they hold both ways. Whatever a name says, it is text: no markup, no link, no change of the writing direction.
 *
 * @throws {GraphError} `INVALID_INPUT`; `GRAPH_TOO_LARGE` past a limit; `AGENT_NOT_FOUND` where an edge's agent is no node.
 */
export function writeMermaid(graph: ExportedGraph, options: MermaidOptions = {}): string {
  const { maxNodes, maxEdges, maxLength, direction } = parseInput(MermaidOptions, options);
  refuseMore(graph.nodes.length, maxNodes, 'nodes');
  refuseMore(graph.edges.length, maxEdges, 'edges');
  const places = new Map(graph.nodes.map(({ id }, place) => [id, place]));
  const placeOf = (agentId: string): number => {
    const place = places.get(agentId);
    if (place !== undefined) return place;
    throw new GraphError('AGENT_NOT_FOUND', 'an agent of an edge is not among the nodes');
  };
  const lines = [
    `flowchart ${direction}`,
    ...graph.nodes.map(({ id, name }, place) => `  n${place}["${mermaidText(name ?? id)}"]`),
    ...graph.edges.map((edge) => {
      const [source, target] = [placeOf(edge.sourceAgentId), placeOf(edge.targetAgentId)];
      return `  n${source} ${edge.isDirectional ? '-->' : '---'}|"${labelOf(edge)}"| n${target}`;
    }),
  ];
  const text = `${lines.join('\n')}\n`;
  refuseMore(text.length, maxLength, 'letters');
  return text;
}

const labelOf = ({ type, confidence }: ExportedRelationship): string => mermaidText(`${type} ${confidence}`);

/** Shortened; letters, digits and what is harmless stay, every other character is written by its number. */
function mermaidText(text: string): string {
  const characters = Array.from(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD'));
  const shown =
    characters.length > LABEL_LENGTH ? [...characters.slice(0, LABEL_LENGTH - 1), '…'] : characters;
  return shown
    .map((it) => (/[\p{L}\p{M}\p{N} .,_-]/u.test(it) ? it : `#${it.codePointAt(0) ?? 0};`))
    .join('');
}

function refuseMore(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new GraphError(
    'GRAPH_TOO_LARGE',
    `the chart would have ${count} ${what}, and ${most} are the most: export less of the graph, or as GraphML`,
  );
}
