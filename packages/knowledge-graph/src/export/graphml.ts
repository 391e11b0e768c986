import type { ExportedRelationship, GraphStream } from './exported-graph.ts';
import { gatherChunks } from './gather-chunks.ts';
import { nameToken, xmlText } from './xml-text.ts';

/** What is said of each edge, by the name of its key: its GraphML type, and its text where there is one. */
const EDGE_DATA: readonly (readonly [
  name: string,
  type: 'string' | 'double' | 'int',
  textOf: (edge: ExportedRelationship) => string | undefined,
])[] = [
  ['type', 'string', (edge) => edge.type],
  ['confidence', 'double', (edge) => String(edge.confidence)],
  ['strength', 'double', (edge) => edge.strength?.toString()],
  ['cooccurrenceCount', 'int', (edge) => edge.cooccurrenceCount?.toString()],
  ['validFrom', 'string', (edge) => edge.validFrom?.toISOString()],
  ['validTo', 'string', (edge) => edge.validTo?.toISOString()],
  ['recordedAt', 'string', (edge) => edge.recordedAt?.toISOString()],
];

/**
 * A graph as GraphML, chunk by chunk.
 *
 * A node's identifier has to be a name token there: it is the agent's where that is one, and written with its other
 * characters as `_hex_` where it is not; the agent's own is the node's `agentId`. Characters that XML cannot hold are
 * U+FFFD in `agentId` and `name`.
 *
 * @see Brandes, Eiglsperger, Lerner, "GraphML primer", http://graphml.graphdrawing.org/primer/graphml-primer.html
 */
export function writeGraphMl(graph: GraphStream): AsyncGenerator<string> {
  return gatherChunks(graphMlOf(graph));
}

async function* graphMlOf({ nodes, edges }: GraphStream): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n';
  yield key('agentId', 'node', 'string') + key('name', 'node', 'string');
  for (const [name, type] of EDGE_DATA) yield key(name, 'edge', type);
  yield '<graph id="agents" edgedefault="directed">\n';
  for await (const { id, name } of nodes) {
    yield `<node id="${nameToken(id)}">${data('agentId', id)}${data('name', name)}</node>\n`;
  }
  for await (const edge of edges) {
    const ends = `source="${nameToken(edge.sourceAgentId)}" target="${nameToken(edge.targetAgentId)}"`;
    const facts = EDGE_DATA.map(([name, , textOf]) => data(name, textOf(edge))).join('');
    yield `<edge ${ends} directed="${String(edge.isDirectional)}">${facts}</edge>\n`;
  }
  yield '</graph>\n</graphml>\n';
}

const key = (name: string, of: 'node' | 'edge', type: string): string =>
  `<key id="${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>\n`;

const data = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `<data key="${name}">${xmlText(text)}</data>`;
