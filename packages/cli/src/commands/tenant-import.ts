import { createPublicKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { importTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';
import { UsageError } from '../failure.ts';

export interface TenantImportOptions {
  readonly reason: string;
  readonly tenant?: string;
  readonly trustedKey?: string;
}

/** `agency-db tenant import <file> --reason <text>` */
export async function tenantImportCommand(
  { terminal, env, interruption }: CommandContext,
  file: string,
  { reason, tenant: tenantId, trustedKey }: TenantImportOptions,
): Promise<void> {
  const config = databaseConfig(env);
  const key = trustedKey === undefined ? undefined : await readPublicKey(trustedKey);
  const source = await openExport(file);
  const signal = interruption('nothing was imported');
  const manifest = await withManager(config, (manager) =>
    manager.withSystem(
      `agency-db tenant import: ${reason}`,
      (tx) =>
        importTenant(tx, readable(source, file), {
          ...{ reason, tenantId, trustedKey: key },
          onProgress({ table, rows }) {
            terminal.status(`${counted(rows, 'row')}, ${table}`);
          },
        }),
      { statementTimeoutMs: 0, signal },
    ),
  );
  const { tenant, rows, createdAt } = manifest;
  terminal.print(`imported ${counted(rows, 'row')} of tenant ${tenant}, exported ${createdAt}`);
  terminal.printJson({ tenant, rows, createdAt });
}

/** What a compressed file begins with. */
const GZIP = Buffer.of(0x1f, 0x8b);
const ZSTD = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

async function openExport(file: string): Promise<Readable> {
  const handle = await open(file);
  const { buffer } = await handle.read({ buffer: Buffer.alloc(ZSTD.length), position: 0 });
  await handle.close();
  const unpack = buffer.subarray(0, GZIP.length).equals(GZIP)
    ? createGunzip()
    : buffer.equals(ZSTD)
      ? createZstdDecompress()
      : undefined;
  const source = createReadStream(file);
  // Its errors come out of the stream that is read.
  return unpack === undefined ? source : pipeline(source, unpack, () => undefined);
}

async function* readable(source: Readable, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* source as AsyncIterable<Uint8Array>;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(?:Z_|ZSTD_|ERR_STREAM_PREMATURE)/.test(code)) throw error;
    throw new UsageError(`${file} is cut off or damaged: nothing was imported`, { cause: error });
  }
}

/** The raw public half of an ed25519 key, from the PEM of either half. */
async function readPublicKey(file: string): Promise<Uint8Array> {
  const pem = await readFile(file);
  try {
    const { x, crv } = createPublicKey(pem).export({ format: 'jwk' });
    if (crv === 'Ed25519' && x !== undefined) return Buffer.from(x, 'base64url');
  } catch {
    // The same problem, and the parser's message would say less.
  }
  throw new UsageError(`${file} holds no ed25519 key as PEM: name the key that signed the export`);
}
