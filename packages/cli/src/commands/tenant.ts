import { createTenant, listTenants, type TenantInput } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';

/** `agency-db tenant create <id>` */
export async function tenantCreateCommand(
  { terminal, env }: CommandContext,
  input: TenantInput,
): Promise<void> {
  const tenant = await withManager(databaseConfig(env), (manager) =>
    manager.withSystem('agency-db tenant create', (tx) => createTenant(tx, input)),
  );
  terminal.print(`created tenant ${tenant.id} (${tenant.isolationLevel}) in project ${tenant.projectId}`);
  terminal.printJson(tenant);
}

/** `agency-db tenant list` */
export async function tenantListCommand({ terminal, env }: CommandContext): Promise<void> {
  const tenants = await withManager(databaseConfig(env), (manager) =>
    manager.withSystem('agency-db tenant list', listTenants),
  );
  for (const { id, projectId, isolationLevel } of tenants) {
    terminal.print(`${id.padEnd(32)} ${isolationLevel.padEnd(10)} ${projectId}`);
  }
  terminal.printJson({ tenants });
}
