import { totalmem } from 'node:os';
import { TEST_CONTEXT_KEY, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { migrateUp, schemaChecksum } from '@agent-agency/migrations';
import {
  allowLogin,
  createDatabase,
  createTemplate,
  startPostgres,
  stopOnExit,
  TestingError,
  type Migrate,
} from '@agent-agency/testing';

/** Lends a migrated database of its own, on whatever PostgreSQL the machine has. */
export async function withBenchDatabase<T>(
  note: (line: string) => void,
  use: (database: DatabaseUnderTest) => Promise<T>,
  serverSettings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const server = await startPostgres({
    announce: note,
    settings: { shared_buffers: memory(1 / 4), maintenance_work_mem: memory(1 / 12), ...serverSettings },
    sources: { pglite: refuseEmbedded },
  });
  const leave = stopOnExit(server);
  try {
    const template = await createTemplate(server, prepare, `benchmarks-${await schemaChecksum()}`);
    const database = await createDatabase(template);
    try {
      const urlFor = (role: string): string => database.urlFor(role);
      return await use({ kind: server.kind, url: database.url, urlFor });
    } finally {
      await database.drop();
    }
  } finally {
    await server.stop();
    leave();
  }
}

const prepare: Migrate = async (session, url) => {
  await migrateUp(session);
  const { keyId, secret } = TEST_CONTEXT_KEY;
  await session.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
    keyId,
    Buffer.from(secret).toString('hex'),
  ]);
  await allowLogin(session, url, ['agent_agency_app']);
};

/** As a server of the machine's own would have it. */
function memory(share: number): string {
  return `${Math.floor((totalmem() * share) / 2 ** 20)}MB`;
}

/** PGlite has one session for everybody: there is nothing to measure. */
function refuseEmbedded(): Promise<never> {
  return Promise.reject(
    new TestingError('SOURCE_UNAVAILABLE', 'PGlite has one session, which nothing can be measured on'),
  );
}
