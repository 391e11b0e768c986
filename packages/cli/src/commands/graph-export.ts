import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TenantTransaction } from '@agent-agency/db-core';
import {
  streamAgentGraph,
  writeGraphJson,
  writeGraphMl,
  writeMermaid,
  type ExportedAgent,
  type ExportedRelationship,
  type GraphStream,
} from '@agent-agency/knowledge-graph';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';
import { withNewFile } from '../new-file.ts';

export const GRAPH_FORMATS = ['graphml', 'json', 'mermaid'] as const;

export interface GraphExportOptions {
  readonly tenant: string;
  readonly format: (typeof GRAPH_FORMATS)[number];
  readonly output?: string;
  readonly asOf?: Date;
  readonly knownAt?: Date;
}

type Target = (pieces: AsyncIterable<string>) => Promise<void>;

/** `agency-db graph export --tenant <id>` */
export async function graphExportCommand(
  context: CommandContext,
  options: GraphExportOptions,
): Promise<void> {
  const { terminal } = context;
  const { tenant, format, output } = options;
  if (output === undefined) {
    // Standard output is the process's own, and stays open.
    await exportTo(context, options, (pieces) =>
      pipeline(Readable.from(pieces), process.stdout, { end: false }),
    );
    terminal.note(`exported the graph of tenant ${tenant}`);
    return;
  }
  await withNewFile(output, (file) =>
    exportTo(context, options, async (pieces) => {
      for await (const piece of pieces) await file.writeFile(piece);
    }),
  );
  terminal.print(`exported the graph of tenant ${tenant} to ${output}`);
  terminal.printJson({ tenant, format, output });
}

async function exportTo(
  { env, interruption }: CommandContext,
  { tenant: tenantId, format, asOf, knownAt }: GraphExportOptions,
  target: Target,
): Promise<void> {
  const signal = interruption('nothing was exported');
  const write = async (tx: TenantTransaction): Promise<void> => {
    await getOwnTenant(tx);
    const graph = streamAgentGraph(tx, {
      ...(asOf !== undefined && { asOf }),
      ...(knownAt !== undefined && { knownAt }),
    });
    await target(WRITERS[format](graph));
  };
  await withManager(databaseConfig(env), (manager) =>
    manager.withTenant({ tenantId }, write, {
      ...{ readOnly: true, isolationLevel: 'repeatable read', signal },
      // Whoever takes the rows may be slow.
      ...{ statementTimeoutMs: 0, idleInTransactionTimeoutMs: 0 },
    }),
  );
}

const WRITERS: Readonly<Record<GraphExportOptions['format'], (graph: GraphStream) => AsyncIterable<string>>> =
  {
    graphml: writeGraphMl,
    json: writeGraphJson,
    mermaid: drawn,
  };

/** A drawing is small, and made of all of it. */
async function* drawn({ nodes, edges }: GraphStream): AsyncGenerator<string> {
  const graph = { nodes: [] as ExportedAgent[], edges: [] as ExportedRelationship[] };
  for await (const node of nodes) graph.nodes.push(node);
  for await (const edge of edges) graph.edges.push(edge);
  yield writeMermaid(graph);
}
