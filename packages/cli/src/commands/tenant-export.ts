import { pipeline, Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { exportTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { UsageError } from '../failure.ts';
import { withNewFile } from '../new-file.ts';
import { openOperatorSigner } from '../operator-key.ts';

export interface TenantExportOptions {
  readonly reason: string;
  readonly output?: string;
  readonly gzip?: true;
  readonly zstd?: true;
  readonly signingKey?: string;
}

/** `agency-db tenant export <id> --reason <text>` */
export async function tenantExportCommand(
  context: CommandContext,
  tenantId: string,
  options: TenantExportOptions,
): Promise<void> {
  const { output } = options;
  const { terminal } = context;
  if (options.gzip && options.zstd) throw new UsageError('choose one of --gzip and --zstd');
  // Standard output is the process's own, and stays open.
  const toStdout: Target = (pieces) => pipe(pieces, process.stdout, { end: false });
  const rows =
    output === undefined
      ? await exportTo(context, { tenantId, options, target: toStdout })
      : await withNewFile(output, (file) => {
          const toFile: Target = async (pieces) => {
            for await (const piece of pieces) await file.writeFile(piece);
          };
          return exportTo(context, { tenantId, options, target: toFile });
        });
  if (output === undefined) {
    // What was asked for is on standard output; nothing may come after it.
    terminal.note(`exported ${counted(rows, 'row')} of tenant ${tenantId}`);
    return;
  }
  terminal.print(`exported ${counted(rows, 'row')} of tenant ${tenantId} to ${output}`);
  terminal.printJson({ tenant: tenantId, rows, output });
}

type Target = (pieces: AsyncIterable<Buffer>) => Promise<void>;

interface Order {
  readonly tenantId: string;
  readonly options: TenantExportOptions;
  readonly target: Target;
}

async function exportTo(context: CommandContext, { tenantId, options, target }: Order): Promise<number> {
  const { terminal, env, interruption } = context;
  const config = databaseConfig(env);
  const signer = await openOperatorSigner(context, options.signingKey);
  const signal = interruption('nothing was exported');
  let exported = 0;
  await withManager(config, (manager) =>
    manager.withSystem(
      `agency-db tenant export: ${options.reason}`,
      async (tx) => {
        const pieces = exportTenant(tx, {
          ...{ tenantId, signer, reason: options.reason },
          onProgress({ table, rows }) {
            exported = rows;
            terminal.status(`${counted(rows, 'row')}, ${table}`);
          },
        });
        await target(packed(pieces, options));
      },
      // Whoever takes the rows may be slow, and reads one state of the database as long as it takes.
      { isolationLevel: 'repeatable read', statementTimeoutMs: 0, idleInTransactionTimeoutMs: 0, signal },
    ),
  );
  return exported;
}

function packed(pieces: AsyncIterable<Buffer>, { gzip, zstd }: TenantExportOptions): AsyncIterable<Buffer> {
  if (!gzip && !zstd) return pieces;
  // Errors come out of the stream that is read.
  return pipeline(Readable.from(pieces), gzip ? createGzip() : createZstdCompress(), () => undefined);
}
