import { Readable } from 'node:stream';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { exportTenant, type ExportOptions } from '../../../src/transfer/export-tenant.ts';
import { importTenant, type ImportOptions } from '../../../src/transfer/import-tenant.ts';
import type { TransferManifest } from '../../../src/transfer/transfer-format.ts';

const ONE_STATE = { isolationLevel: 'repeatable read', readOnly: false } as const;

/** A tenant's export, in memory. */
export async function exported(
  operator: ConnectionPoolManager,
  tenantId: string,
  options: Partial<ExportOptions> = {},
): Promise<Buffer> {
  return operator.withSystem(
    'tests of exports',
    async (tx) => {
      const pieces: Buffer[] = [];
      for await (const piece of exportTenant(tx, { tenantId, reason: 'a test', ...options }))
        pieces.push(piece);
      return Buffer.concat(pieces);
    },
    ONE_STATE,
  );
}

/** Imports a file, given whole or in pieces. */
export function imported(
  operator: ConnectionPoolManager,
  file: Buffer | readonly (Buffer | string)[],
  options: Partial<ImportOptions> = {},
): Promise<TransferManifest> {
  const pieces = Buffer.isBuffer(file) ? [file] : file;
  return operator.withSystem('tests of imports', (tx) =>
    importTenant(tx, Readable.from(pieces), { reason: 'a test', ...options }),
  );
}

export const linesOf = (file: Buffer): string[] => file.toString('utf8').replace(/\n$/, '').split('\n');
export const fileOf = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);
/** What is the same in every export of the same rows: all but the manifest. */
export const withoutManifest = (file: Buffer): string[] => linesOf(file).slice(0, -1);
