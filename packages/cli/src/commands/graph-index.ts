import {
  maintainVectorIndexes,
  type TenantVectorIndex,
  type VectorIndexOptions,
} from '@agent-agency/knowledge-graph';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';

export interface GraphIndexOptions {
  readonly reason: string;
  readonly action?: VectorIndexOptions['action'];
  readonly tenant?: readonly string[];
  readonly buildFrom?: number;
}

/** `agency-db graph index --reason <text>`; exit code 1 when a tenant's recall is less than it should be. */
export async function graphIndexCommand(
  { terminal, env }: CommandContext,
  { reason, action, tenant: tenantIds, buildFrom }: GraphIndexOptions,
): Promise<ExitCode> {
  terminal.status('looking at the tenants');
  const report = await withManager(databaseConfig(env), (manager) =>
    maintainVectorIndexes(manager, {
      reason: `agency-db graph index: ${reason}`,
      ...(action !== undefined && { action }),
      ...(tenantIds !== undefined && { tenantIds: [...tenantIds] }),
      ...(buildFrom !== undefined && { buildFrom }),
    }),
  );
  if (report.tenants.length === 0) terminal.print('nothing to do');
  for (const tenant of report.tenants) terminal.print(describe(tenant));
  if (report.orphansDropped > 0)
    terminal.print(`dropped ${counted(report.orphansDropped, 'graph')} of tenants that are gone`);
  terminal.printJson(report);
  return report.tenants.some(({ reachesTarget }) => reachesTarget === false)
    ? ExitCode.checkFailed
    : ExitCode.ok;
}

function describe({ tenantId, outcome, vectors, indexed, recall, durationMs }: TenantVectorIndex): string {
  const how =
    indexed > 0 ? `${indexed} of ${counted(vectors, 'vector')} in its graph` : counted(vectors, 'vector');
  const measured = recall === undefined ? '' : `, recall@10 ${recall.toFixed(3)}`;
  return `${outcome.padEnd(10)}  ${tenantId}: ${how}${measured}  (${(durationMs / 1000).toFixed(1)} s)`;
}
