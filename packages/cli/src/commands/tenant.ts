import type { SystemTransaction } from '@agent-agency/db-core';
import {
  createTenant,
  getTenant,
  listTenants,
  purgeAccessLog,
  resumeTenant,
  setTenantEncryption,
  suspendTenant,
  updateTenant,
  type Tenant,
  type TenantInput,
} from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { UsageError } from '../failure.ts';

export interface TenantUpdateOptions {
  readonly project?: string;
  readonly name?: string;
  readonly isolation?: Tenant['isolationLevel'];
  readonly encryption?: 'on' | 'off';
}

/** `agency-db tenant create <id>` */
export async function tenantCreateCommand(context: CommandContext, input: TenantInput): Promise<void> {
  const tenant = await asOperator(context, 'agency-db tenant create', (tx) => createTenant(tx, input));
  const { terminal } = context;
  terminal.print(`created tenant ${tenant.id} (${tenant.isolationLevel}) in project ${tenant.projectId}`);
  terminal.printJson(tenant);
}

/** `agency-db tenant list` */
export async function tenantListCommand(context: CommandContext): Promise<void> {
  const tenants = await asOperator(context, 'agency-db tenant list', listTenants);
  for (const tenant of tenants) context.terminal.print(lineOf(tenant));
  context.terminal.printJson({ tenants });
}

/** `agency-db tenant show <id>` */
export async function tenantShowCommand(context: CommandContext, id: string): Promise<void> {
  show(context, await asOperator(context, 'agency-db tenant show', (tx) => getTenant(tx, id)));
}

/** `agency-db tenant update <id>` */
export async function tenantUpdateCommand(
  context: CommandContext,
  id: string,
  { project: projectId, name, isolation: isolationLevel, encryption }: TenantUpdateOptions,
): Promise<void> {
  const change = Object.entries({ projectId, name, isolationLevel }).filter(
    ([, value]) => value !== undefined,
  );
  if (change.length === 0 && encryption === undefined)
    throw new UsageError('say what to change: --project, --name, --isolation or --encryption');
  const update = async (tx: SystemTransaction): Promise<Tenant> => {
    if (encryption !== undefined) await setTenantEncryption(tx, id, encryption === 'on');
    return updateTenant(tx, id, Object.fromEntries(change));
  };
  show(context, await asOperator(context, 'agency-db tenant update', update));
}

/** `agency-db tenant suspend <id> --reason <text>` */
export async function tenantSuspendCommand(
  context: CommandContext,
  id: string,
  reason: string,
): Promise<void> {
  show(
    context,
    await asOperator(context, `agency-db tenant suspend: ${reason}`, (tx) => suspendTenant(tx, id)),
  );
}

/** `agency-db tenant resume <id>` */
export async function tenantResumeCommand(context: CommandContext, id: string): Promise<void> {
  show(context, await asOperator(context, 'agency-db tenant resume', (tx) => resumeTenant(tx, id)));
}

/** `agency-db tenant purge-access-log` */
export async function tenantPurgeAccessLogCommand(context: CommandContext): Promise<void> {
  const purged = await withManager(databaseConfig(context.env), async (manager) => {
    const purge = (): Promise<number> =>
      manager.withSystem('agency-db tenant purge-access-log', purgeAccessLog);
    let total = 0;
    for (let some = await purge(); some > 0; some = await purge()) total += some;
    return total;
  });
  context.terminal.print(`deleted ${counted(purged, 'old row')}`);
  context.terminal.printJson({ purged });
}

function asOperator<T>(
  { env }: CommandContext,
  reason: string,
  work: (tx: SystemTransaction) => Promise<T>,
): Promise<T> {
  return withManager(databaseConfig(env), (manager) => manager.withSystem(reason, work));
}

function show({ terminal }: CommandContext, tenant: Tenant): void {
  terminal.print(lineOf(tenant));
  terminal.printJson(tenant);
}

function lineOf({ id, projectId, isolationLevel, suspendedAt }: Tenant): string {
  const suspended = suspendedAt === undefined ? '' : `  suspended since ${suspendedAt.toISOString()}`;
  return `${id.padEnd(32)} ${isolationLevel.padEnd(10)} ${projectId}${suspended}`;
}
