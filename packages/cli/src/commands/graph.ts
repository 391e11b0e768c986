import { getAgent } from '@agent-agency/agent-registry';
import { findPath, listNeighbors, type AgentPath } from '@agent-agency/knowledge-graph';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';

interface AtTime {
  readonly asOf?: Date;
  readonly knownAt?: Date;
}

export interface GraphNeighborsOptions extends AtTime {
  readonly tenant: string;
  readonly hops?: number;
}

export interface GraphPathOptions extends AtTime {
  readonly tenant: string;
  readonly maxHops?: number;
}

/** `agency-db graph neighbors <agent> --tenant <id>` */
export async function graphNeighborsCommand(
  { terminal, env }: CommandContext,
  agent: string,
  { tenant: tenantId, hops: maxHops = 1, asOf, knownAt }: GraphNeighborsOptions,
): Promise<void> {
  const neighbors = await withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        return listNeighbors(tx, { agentId: (await getAgent(tx, agent)).id, maxHops, asOf, knownAt });
      },
      { readOnly: true },
    ),
  );
  if (neighbors.length === 0) terminal.print('no neighbors');
  for (const { agentName, hops, confidence } of neighbors) {
    terminal.print(`${counted(hops, 'hop').padEnd(7)}  ${confidence.toFixed(2)}  ${agentName}`);
  }
  terminal.printJson({ neighbors });
}

/** `agency-db graph path <from> <to> --tenant <id>`; exit code 1 when there is none. */
export async function graphPathCommand(
  { terminal, env }: CommandContext,
  ends: { readonly from: string; readonly to: string },
  { tenant: tenantId, maxHops = 5, asOf, knownAt }: GraphPathOptions,
): Promise<ExitCode> {
  const path = await withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        const [source, target] = [await getAgent(tx, ends.from), await getAgent(tx, ends.to)];
        return findPath(tx, { sourceAgentId: source.id, targetAgentId: target.id, maxHops, asOf, knownAt });
      },
      { readOnly: true },
    ),
  );
  terminal.print(path === undefined ? `no path within ${counted(maxHops, 'hop')}` : describePath(path));
  terminal.printJson({ path: path ?? null });
  return path === undefined ? ExitCode.checkFailed : ExitCode.ok;
}

export function describePath(path: AgentPath): string {
  const names = path.agents.map(({ name }) => name).join(' — ');
  return `${names}  (${counted(path.hops, 'hop')}, confidence ${path.confidence.toFixed(2)})`;
}
