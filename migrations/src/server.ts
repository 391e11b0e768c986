import type { MigrationConnection } from './connection.ts';
import { MigrationError } from './migration-error.ts';

const OLDEST_SERVER = 160_000;
const OLDEST_VECTOR = [0, 8] as const;

/**
 * Checks that the server can hold the schema, before anything is written.
 *
 * @throws {MigrationError} `SERVER_TOO_OLD` or `VECTOR_MISSING`.
 */
export async function assertServerFits(connection: MigrationConnection): Promise<void> {
  const { rows } = await connection.query(`
    select
      current_setting('server_version_num')::integer as server,
      current_setting('server_version') as server_text,
      (select default_version from pg_available_extensions where name = 'vector') as available,
      (select extversion from pg_extension where extname = 'vector') as installed,
      (select nspname::text from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'vector') as schema
  `);
  const found = rows[0] ?? {};
  if (!(Number(found['server']) >= OLDEST_SERVER)) {
    const version = String(found['server_text']);
    throw new MigrationError('SERVER_TOO_OLD', `this is PostgreSQL ${version}: use PostgreSQL 16 or newer`);
  }
  assertVectorFits(found);
}

function assertVectorFits(found: Record<string, unknown>): void {
  const version = found['installed'] ?? found['available'];
  if (typeof version !== 'string') {
    throw new MigrationError(
      'VECTOR_MISSING',
      'the server has no vector extension: install pgvector 0.8 or newer (Debian: postgresql-17-pgvector)',
    );
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST_VECTOR[0] || (major === OLDEST_VECTOR[0] && minor < OLDEST_VECTOR[1])) {
    const remedy = 'install 0.8 or newer, then `alter extension vector update`';
    throw new MigrationError('SERVER_TOO_OLD', `this is pgvector ${version}: ${remedy}`);
  }
  const schema = found['schema'];
  if (typeof schema === 'string' && schema !== 'public') {
    const remedy = '`alter extension vector set schema public`, where functions with a pinned path find it';
    throw new MigrationError('VECTOR_MISSING', `the vector extension is in schema ${schema}: ${remedy}`);
  }
}
