import { describeUrl } from '../database-url.ts';
import { TestingError } from '../errors.ts';
import { MINIMUM_MAJOR, majorOf } from '../server.ts';
import type { PostgresServer } from '../server.ts';
import { withSession } from '../session.ts';
import type { SqlSession } from '../session.ts';
import { sweepDatabases } from '../sweep-databases.ts';

/**
 * The server that `DATABASE_URL` names: checked, swept of test databases whose makers have died, and never stopped.
 *
 * @throws TestingError `DATABASE_URL_INVALID`, `DATABASE_UNREACHABLE`, `SERVER_TOO_OLD`, `VECTOR_UNAVAILABLE`
 */
export async function openUrl(env: NodeJS.ProcessEnv): Promise<PostgresServer> {
  const url = env['DATABASE_URL'] ?? '';
  const version = await withSession(url, async (session) => {
    const checked = await checkServer(session, describeUrl(url));
    await sweepDatabases(session);
    return checked;
  });
  return { kind: 'url', url, version, stop: () => Promise.resolve() };
}

/** Reads the server's version, after making sure that the schema can live there. */
async function checkServer(session: SqlSession, where: string): Promise<string> {
  const { rows } = await session.query(
    `select current_setting('server_version') as version,
            exists (select from pg_available_extensions where name = 'vector') as vector`,
  );
  const version = String(rows[0]?.['version']).split(' ')[0] ?? '';
  if (majorOf(version) < MINIMUM_MAJOR) {
    const tooOld = `${where} is PostgreSQL ${version}; ${String(MINIMUM_MAJOR)} is the oldest that works`;
    throw new TestingError('SERVER_TOO_OLD', tooOld);
  }
  if (rows[0]?.['vector'] !== true) {
    const missing = `${where} (PostgreSQL ${version}) has no extension "vector": install pgvector on that machine`;
    throw new TestingError('VECTOR_UNAVAILABLE', missing);
  }
  return version;
}
