import { matching } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/centrality/seeded-random.ts';
import type { ExportedGraph, ExportedRelationship } from '../../src/export/exported-graph.ts';
import { parseGraphJson, writeGraphJson } from '../../src/export/graph-json.ts';
import { writeGraphMl } from '../../src/export/graphml.ts';
import { writeMermaid } from '../../src/export/mermaid.ts';

/** Names as somebody might choose them who wants a file to break. */
const HOSTILE = [
  `a"b'c<d>e&f`,
  ']]><!-- --><![CDATA[',
  '&lt;&#0;%20',
  'line\r\nbreak\ttab\rreturn',
  'nul\u0001\u001f\u000b',
  '\ufffe\uffff\ud800',
  '\u202eright to left\u200b\u2028\u0085',
  '"] --> n1; click n0 href "javascript:alert(1)"',
  'end',
  '`**bold**`',
  '_20_',
  ' ',
  '💣👩‍👩‍👧'.repeat(3),
  'x'.repeat(10_000),
];

const graph: ExportedGraph = {
  nodes: HOSTILE.map((id) => ({ id, name: id })),
  edges: HOSTILE.map((id, at) => ({
    sourceAgentId: id,
    targetAgentId: HOSTILE[(at + 1) % HOSTILE.length] ?? '',
    type: at === 0 ? '<&"' : 'VALIDATES',
    isDirectional: at % 2 === 0,
    confidence: 0.9,
  })),
};

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly children: XmlElement[];
}

/** Parses strictly: whatever is not well-formed throws. */
function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, text: '', children: [] };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: XmlElement = { name, attributes, text: '', children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (piece) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  return root.children[0] ?? root;
}

const dataOf = (element: XmlElement): Record<string, string> =>
  Object.fromEntries(element.children.map(({ attributes, text }) => [attributes['key'] ?? '', text]));

/** What XML cannot hold. */
const inXml = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu, '\ufffd');

describe('writeGraphMl', () => {
  it('is XML from which a parser gets every name and fact back', async () => {
    const dated: ExportedRelationship = {
      ...{
        sourceAgentId: 'end',
        targetAgentId: ' ',
        type: 'ENHANCES',
        isDirectional: true,
        confidence: 0.55,
      },
      ...{ strength: 0, cooccurrenceCount: 3 },
      ...{ validFrom: new Date(0), validTo: new Date(1), recordedAt: new Date(2) },
    };
    const text = await textOf(
      writeGraphMl({ nodes: [...graph.nodes, { id: 'gone' }], edges: [...graph.edges, dated] }),
    );
    const root = parseXml(text);
    expect([root.name, root.attributes]).toEqual([
      'graphml',
      { xmlns: 'http://graphml.graphdrawing.org/xmlns' },
    ]);
    const [keys, [content]] = [root.children.slice(0, -1), root.children.slice(-1)];
    const nodes = content?.children.filter(({ name }) => name === 'node') ?? [];
    const edges = content?.children.filter(({ name }) => name === 'edge') ?? [];
    expect(nodes.map(dataOf)).toEqual([
      ...HOSTILE.map((id) => ({ agentId: inXml(id), name: inXml(id) })),
      { agentId: 'gone' },
    ]);
    const ids = nodes.map(({ attributes }) => attributes['id'] ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\w.-]+$/);
    expect(
      edges.slice(0, -1).map(({ attributes: { source, target, directed } }) => [source, target, directed]),
    ).toEqual(HOSTILE.map((_, at) => [ids[at], ids[(at + 1) % HOSTILE.length], String(at % 2 === 0)]));
    expect(edges.map(dataOf).at(0)).toEqual({ type: '<&"', confidence: '0.9' });
    expect(edges.map(dataOf).at(-1)).toEqual({
      ...{ type: 'ENHANCES', confidence: '0.55', strength: '0', cooccurrenceCount: '3' },
      ...{ validFrom: '1970-01-01T00:00:00.000Z', validTo: '1970-01-01T00:00:00.001Z' },
      recordedAt: '1970-01-01T00:00:00.002Z',
    });
    const declared = new Set(keys.map(({ attributes }) => attributes['id']));
    for (const element of [...nodes, ...edges])
      for (const name of Object.keys(dataOf(element))) expect(declared).toContain(name);
  });

  it('gives every text an identifier of its own', async () => {
    const random = seededRandom(1);
    const draw = (): string => String.fromCodePoint(random.integer(0x110000), 33 + random.integer(94));
    const drawn = Array.from({ length: 300 }, draw);
    const ids = [...new Set([...drawn, 'a b', 'a_20_b', 'a_b', 'a_5f_b', '_', '__'])];
    const root = parseXml(await textOf(writeGraphMl({ nodes: ids.map((id) => ({ id })), edges: [] })));
    const nodes = root.children.at(-1)?.children ?? [];
    expect(new Set(nodes.map(({ attributes }) => attributes['id'])).size).toBe(ids.length);
  });

  it('writes a large graph in a few chunks', async () => {
    const nodes = Array.from({ length: 5000 }, (_, at) => ({ id: `agent ${at}` }));
    const lengths: number[] = [];
    for await (const chunk of writeGraphMl({ nodes, edges: [] })) lengths.push(chunk.length);
    expect(lengths.length).toBeGreaterThan(2);
    expect(Math.max(...lengths)).toBeLessThan(70_000);
  });
});

describe('writeGraphJson', () => {
  it('is read back as it was', async () => {
    await expect(textOf(writeGraphJson(graph)).then(parseGraphJson)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((it) => !it.includes('\0'));
    const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
    const share = fc.integer({ min: 0, max: 100 }).map((hundredth) => hundredth / 100);
    const instant = fc.date({
      noInvalidDate: true,
      min: new Date('0001-01-01'),
      max: new Date('9999-01-01'),
    });
    const present = <Shape extends object>(shape: Shape): Shape =>
      Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Shape;
    const node = fc.record({ id: text, name: optional(text) }).map(present);
    const edge = fc
      .record({
        ...{
          sourceAgentId: text,
          targetAgentId: text,
          type: text,
          isDirectional: fc.boolean(),
          confidence: share,
        },
        ...{ strength: optional(share), cooccurrenceCount: optional(fc.integer({ min: 1 })) },
        ...{ validFrom: optional(instant), validTo: optional(instant), recordedAt: optional(instant) },
      })
      .map(present);
    await fc.assert(
      fc.asyncProperty(fc.array(node), fc.array(edge), async (nodes, edges) => {
        const drawn = { nodes, edges } as ExportedGraph;
        expect(parseGraphJson(await textOf(writeGraphJson(drawn)))).toEqual(drawn);
      }),
    );
  });

  it('has the shape that is described', async () => {
    const [edge] = graph.edges;
    const text = await textOf(writeGraphJson({ nodes: [{ id: 'a', name: 'A' }], edges: edge ? [edge] : [] }));
    expect(JSON.parse(text)).toEqual({
      ...{ format: 'agent-agency.graph', version: 1, nodes: [{ id: 'a', name: 'A' }] },
      edges: [
        {
          ...{ source: HOSTILE[0], target: HOSTILE[1], type: '<&"' },
          ...{ directed: true, confidence: 0.9 },
        },
      ],
    });
    await expect(textOf(writeGraphJson({ nodes: [], edges: [] })).then(parseGraphJson)).resolves.toEqual({
      nodes: [],
      edges: [],
    });
  });
});

describe('parseGraphJson', () => {
  it('refuses what is no graph, with every problem and none of the text', () => {
    const refused = (message: RegExp): unknown =>
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(message) });
    expect(() => parseGraphJson('{secret')).toThrow(refused(/^the input is wrong: it is not JSON$/));
    expect(() =>
      parseGraphJson(
        JSON.stringify({ format: 'other', version: 2, nodes: [{}], edges: [{ confidence: 2 }] }),
      ),
    ).toThrow(refused(/format: .*version: .*nodes\.0\.id: .*edges\.0\.source: .*edges\.0\.confidence: /));
  });
});

describe('writeMermaid', () => {
  it('shows names as text, whatever they say', () => {
    const lines = writeMermaid(graph).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 2 * HOSTILE.length);
    expect(lines[0]).toBe('flowchart LR');
    const text = String.raw`(?:[\p{L}\p{M}\p{N} .,_-]|#\d+;)*`;
    for (const line of lines.slice(1, 1 + HOSTILE.length))
      expect(line).toMatch(new RegExp(`^ {2}n\\d+\\["${text}"\\]$`, 'u'));
    for (const line of lines.slice(1 + HOSTILE.length))
      expect(line).toMatch(new RegExp(`^ {2}n\\d+ (-->|---)\\|"${text}"\\| n\\d+$`, 'u'));
    expect(lines[1]).toBe('  n0["a#34;b#39;c#60;d#62;e#38;f"]');
    expect(lines[1 + HOSTILE.length]).toBe('  n0 -->|"#60;#38;#34; 0.9"| n1');
    expect(lines[2 + HOSTILE.length]).toBe('  n1 ---|"VALIDATES 0.9"| n2');
    expect(lines[7]).toBe('  n6["#65533;right to left#65533;#65533;#65533;"]');
    expect(lines[HOSTILE.length]).toBe(`  n13["${'x'.repeat(79)}#8230;"]`);
  });

  it('refuses what would be too large to draw, or does not hang together', () => {
    const refused = (code: string, message: RegExp): unknown =>
      expect.objectContaining({ code, message: matching(message) });
    const count = HOSTILE.length;
    expect(() => writeMermaid(graph, { maxNodes: count - 1 })).toThrow(
      refused('GRAPH_TOO_LARGE', new RegExp(`${count} nodes, and ${count - 1} are the most`)),
    );
    expect(() => writeMermaid(graph, { maxEdges: 3 })).toThrow(
      refused('GRAPH_TOO_LARGE', /14 edges, and 3 are/),
    );
    expect(() => writeMermaid(graph, { maxLength: 100 })).toThrow(
      refused('GRAPH_TOO_LARGE', /letters, and 100 are/),
    );
    expect(() => writeMermaid({ ...graph, nodes: [] })).toThrow(
      refused('AGENT_NOT_FOUND', /not among the nodes/),
    );
    expect(() => writeMermaid(graph, { maxNodes: 0 })).toThrow(refused('INVALID_INPUT', /maxNodes: /));
  });

  it('draws an empty graph', () => {
    expect(writeMermaid({ nodes: [], edges: [] }, { direction: 'TB' })).toBe('flowchart TB\n');
  });
});
