import { Option, type Command } from 'commander';
import {
  tenantCreateCommand,
  tenantListCommand,
  tenantPurgeAccessLogCommand,
  tenantResumeCommand,
  tenantShowCommand,
  tenantSuspendCommand,
  tenantUpdateCommand,
  type TenantUpdateOptions,
} from '../commands/tenant.ts';
import { examples, type Run } from './options.ts';
import { addTenantMoves } from './tenant-moves.ts';

interface TenantOptions {
  readonly project: string;
  readonly name?: string;
  readonly isolation: 'strict' | 'shared' | 'federated';
}

export function addTenant(program: Command, run: Run): void {
  const tenant = program.command('tenant').description('create, list, change, suspend and resume tenants');
  addCreateAndList(tenant, run);
  addChanges(tenant, run);
  addTenantMoves(tenant, run);
}

function addCreateAndList(tenant: Command, run: Run): void {
  tenant
    .command('create <id>')
    .description('create a tenant')
    .option('--project <id>', 'project that groups tenants', 'default')
    .option('--name <name>', 'display name; default: the id')
    .addOption(isolationOption().default('strict'))
    .addHelpText(
      'after',
      examples('tenant create acme', 'tenant create acme-eu --project acme --name "Acme Europe"'),
    )
    .action((id: string, { project: projectId, isolation: isolationLevel, name }: TenantOptions) =>
      run((context) =>
        tenantCreateCommand(context, {
          id,
          projectId,
          isolationLevel,
          ...(name === undefined ? {} : { name }),
        }),
      ),
    );
  tenant
    .command('list')
    .description('list tenants')
    .addHelpText('after', examples('tenant list'))
    .action(() => run(tenantListCommand));
  tenant
    .command('show <id>')
    .description('a tenant, and since when it is suspended')
    .addHelpText('after', examples('tenant show acme --json'))
    .action((id: string) => run((context) => tenantShowCommand(context, id)));
}

function addChanges(tenant: Command, run: Run): void {
  tenant
    .command('update <id>')
    .description('change project, name or isolation level; the audit log of the tenant tells who did')
    .option('--project <id>', 'project that groups tenants')
    .option('--name <name>', 'display name')
    .addOption(isolationOption())
    .addOption(
      new Option('--encryption <state>', 'whether what is sensitive is sealed from now on').choices([
        'on',
        'off',
      ]),
    )
    .addHelpText(
      'after',
      examples('tenant update acme --isolation shared', 'tenant update acme --name "Acme Inc."'),
    )
    .action((id: string, options: TenantUpdateOptions) =>
      run((context) => tenantUpdateCommand(context, id, options)),
    );
  tenant
    .command('suspend <id>')
    .description('stop everybody who acts as the tenant, at once')
    .requiredOption('--reason <text>', 'why; it stays in the log of operators')
    .addHelpText('after', examples('tenant suspend acme --reason "contract ended"'))
    .action((id: string, { reason }: { reason: string }) =>
      run((context) => tenantSuspendCommand(context, id, reason)),
    );
  tenant
    .command('resume <id>')
    .description('let a suspended tenant be acted as again')
    .addHelpText('after', examples('tenant resume acme'))
    .action((id: string) => run((context) => tenantResumeCommand(context, id)));
  tenant
    .command('purge-access-log')
    .description('delete what is older in the access logs than their tenants want, 90 days by default')
    .addHelpText('after', examples('tenant purge-access-log'))
    .action(() => run(tenantPurgeAccessLogCommand));
}

function isolationOption(): Option {
  return new Option('--isolation <level>', 'what it may share').choices(['strict', 'shared', 'federated']);
}
