import { z } from 'zod';
import { Text } from '../column-values.ts';
import { GraphError, parseInput } from '../errors.ts';
import type { ExportedAgent, ExportedGraph, ExportedRelationship, GraphStream } from './exported-graph.ts';
import { gatherChunks } from './gather-chunks.ts';

/** What is written at the head of a file, and expected there. */
export const GRAPH_JSON_FORMAT = { format: 'agent-agency.graph', version: 1 } as const;

const optionalDate = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .optional();

const GraphJson = z.strictObject({
  format: z.literal(GRAPH_JSON_FORMAT.format),
  version: z.literal(GRAPH_JSON_FORMAT.version),
  nodes: z.array(z.strictObject({ id: Text.min(1), name: Text.optional() })),
  edges: z.array(
    z.strictObject({
      source: Text.min(1),
      target: Text.min(1),
      type: Text.min(1),
      directed: z.boolean(),
      confidence: z.number().min(0).max(1),
      strength: z.number().min(0).max(1).optional(),
      cooccurrenceCount: z.int().min(1).optional(),
      validFrom: optionalDate,
      validTo: optionalDate,
      recordedAt: optionalDate,
    }),
  ),
});

/**
 * A graph as JSON, chunk by chunk: `{ format, version, nodes: [{ id, name? }], edges: [{ source, target, type, directed,
 * confidence, strength?, cooccurrenceCount?, validFrom?, validTo?, recordedAt? }] }`, a node or an edge a line; instants are
 * in ISO 8601.
 */
export function writeGraphJson(graph: GraphStream): AsyncGenerator<string> {
  return gatherChunks(jsonOf(graph));
}

async function* jsonOf({ nodes, edges }: GraphStream): AsyncGenerator<string> {
  yield JSON.stringify(GRAPH_JSON_FORMAT).replace('}', ',"nodes":[');
  yield* lines(nodes, ({ id, name }) => ({ id, name }));
  yield '],"edges":[';
  yield* lines(edges, toJson);
  yield ']}\n';
}

async function* lines<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  shape: (item: Item) => object,
): AsyncGenerator<string> {
  let separator = '\n';
  for await (const item of items) {
    yield separator + JSON.stringify(shape(item));
    separator = ',\n';
  }
}

const toJson = (edge: ExportedRelationship): z.input<typeof GraphJson>['edges'][number] => ({
  source: edge.sourceAgentId,
  target: edge.targetAgentId,
  type: edge.type,
  directed: edge.isDirectional,
  confidence: edge.confidence,
  strength: edge.strength,
  cooccurrenceCount: edge.cooccurrenceCount,
  validFrom: edge.validFrom?.toISOString(),
  validTo: edge.validTo?.toISOString(),
  recordedAt: edge.recordedAt?.toISOString(),
});

/**
 * Reads back what `writeGraphJson` has written.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export function parseGraphJson(text: string): ExportedGraph {
  const { nodes, edges } = parseInput(GraphJson, parseJson(text) as z.input<typeof GraphJson>);
  return { nodes: nodes.map(withoutUndefined<ExportedAgent>), edges: edges.map(fromJson) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text.
    throw new GraphError('INVALID_INPUT', 'the input is wrong: it is not JSON');
  }
}

function fromJson(edge: z.output<typeof GraphJson>['edges'][number]): ExportedRelationship {
  const { source: sourceAgentId, target: targetAgentId, directed: isDirectional, ...more } = edge;
  return withoutUndefined<ExportedRelationship>({ sourceAgentId, targetAgentId, isDirectional, ...more });
}

/** The same object; a key that has no value is left out. */
function withoutUndefined<Shape extends object>(value: {
  [Key in keyof Shape]: Shape[Key] | undefined;
}): Shape {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as Shape;
}
