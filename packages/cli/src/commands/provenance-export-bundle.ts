import { exportBundle } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { withNewFile } from '../new-file.ts';
import { requireNodeId } from '../provenance/commit-message.ts';

export interface ExportBundleOptions {
  readonly tenant: string;
  readonly withAncestry?: true;
  readonly cosignatures?: number;
  readonly output?: string;
}

/** `agency-db provenance export-bundle <id…> --tenant <id>` */
export async function provenanceExportBundleCommand(
  context: CommandContext,
  names: readonly string[],
  options: ExportBundleOptions,
): Promise<void> {
  const { terminal } = context;
  const { tenant, output } = options;
  const ids = names.map(requireNodeId);
  if (output === undefined) {
    // Every byte counts, so not even a line feed comes behind it.
    process.stdout.write(await exported(context, ids, options));
    terminal.note(`exported ${counted(ids.length, 'node')} of tenant ${tenant}`);
    return;
  }
  await withNewFile(output, async (file) => {
    await file.writeFile(await exported(context, ids, options));
  });
  terminal.print(`exported ${counted(ids.length, 'node')} of tenant ${tenant} to ${output}`);
  terminal.printJson({ tenant, ids, output });
}

function exported(
  { env }: CommandContext,
  ids: readonly string[],
  { tenant: tenantId, withAncestry, cosignatures = 0 }: ExportBundleOptions,
): Promise<string> {
  return withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        return exportBundle(tx, { ids: [...ids], cosignatures, withAncestry: withAncestry === true });
      },
      { readOnly: true, isolationLevel: 'repeatable read' },
    ),
  );
}
