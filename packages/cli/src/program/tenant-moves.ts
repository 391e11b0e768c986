import { Option, type Command } from 'commander';
import {
  tenantDestroyKeyCommand,
  tenantEraseCommand,
  type TenantEraseOptions,
} from '../commands/tenant-erase.ts';
import { tenantExportCommand, type TenantExportOptions } from '../commands/tenant-export.ts';
import { tenantForgetCommand, type TenantForgetOptions } from '../commands/tenant-forget.ts';
import { tenantImportCommand, type TenantImportOptions } from '../commands/tenant-import.ts';
import { examples, type Run } from './options.ts';

/** Commands that move a tenant, or erase it or a part of it. */
export function addTenantMoves(tenant: Command, run: Run): void {
  tenant
    .command('export <id>')
    .description('everything that a tenant has, as lines of JSON with a signed manifest')
    .addOption(reasonOption())
    .option('--output <file>', 'a new file; default: standard output')
    .option('--gzip', 'compress it')
    .option('--zstd', 'compress it better and faster')
    .addOption(signingKeyOption())
    .addHelpText(
      'after',
      examples(
        'tenant export acme --reason "acme asked for its data" --output acme.ndjson.zst --zstd',
        'tenant export acme --reason "a copy for the tests" | head -1',
      ),
    )
    .action((id: string, options: TenantExportOptions) =>
      run((context) => tenantExportCommand(context, id, options)),
    );
  tenant
    .command('import <file>')
    .description('bring a tenant back from an export, under its own id; all or nothing')
    .addOption(reasonOption())
    .option('--tenant <id>', 'whose export it has to be')
    .option('--trusted-key <file>', 'key (PEM, either half) that has to have signed the manifest')
    .addHelpText(
      'after',
      examples('tenant import acme.ndjson.zst --reason "acme moves in" --trusted-key operator-key.pem'),
    )
    .action((file: string, options: TenantImportOptions) =>
      run((context) => tenantImportCommand(context, file, options)),
    );
  addErasures(tenant, run);
}

function addErasures(tenant: Command, run: Run): void {
  const erasing = (command: Command): Command =>
    command
      .addOption(reasonOption())
      .option('--yes', 'yes, for good')
      .option('--receipt <file>', 'a new file for the signed receipt')
      .addOption(signingKeyOption());
  erasing(tenant.command('erase <id>'))
    .description('delete a suspended tenant with everything it has; exit code 1 when something is left')
    .option('--force', 'although it is not suspended')
    .option('--marker <text...>', 'words that must not be found anywhere afterwards')
    .option('--keys <folder>', 'where the keys are that seal columns of tenants; its own is destroyed')
    .addHelpText(
      'after',
      examples(
        'tenant erase acme --reason "contract ended" --yes --receipt acme-receipt.json',
        'tenant erase acme --reason "contract ended" --yes --marker "Acme Inc." roadrunner --json',
      ),
    )
    .action((id: string, options: TenantEraseOptions) =>
      run((context) => tenantEraseCommand(context, id, options)),
    );
  tenant
    .command('destroy-key <id>')
    .description('make all sealed data of a tenant unreadable, in backups, too')
    .requiredOption('--keys <folder>', 'where the keys are that seal columns of tenants')
    .option('--yes', 'yes, for good')
    .addHelpText('after', examples('tenant destroy-key acme --keys /srv/keys --yes'))
    .action((id: string, options: { keys: string; yes?: true }) =>
      run((context) => tenantDestroyKeyCommand(context, id, options)),
    );
  erasing(tenant.command('forget <id>'))
    .description('delete what is about an agent or a user; exit code 1 when something still names it')
    .requiredOption('--subject <id>', 'id of the agent or the user')
    .addHelpText(
      'after',
      examples(
        'tenant forget acme --subject ada@example.com --reason "request 42" --yes --receipt request-42.json',
      ),
    )
    .action((id: string, options: TenantForgetOptions) =>
      run((context) => tenantForgetCommand(context, id, options)),
    );
}

function reasonOption(): Option {
  return new Option('--reason <text>', 'why; it stays in the log of operators').makeOptionMandatory();
}

function signingKeyOption(): Option {
  return new Option('--signing-key <file>', "the operator's private key (PEM); made if it is not there");
}
