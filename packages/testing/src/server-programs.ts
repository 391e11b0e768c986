import { TestingError } from './errors.ts';
import { provisionPostgres } from './provision/provision-postgres.ts';
import type { PostgresKind } from './server.ts';
import { getInstalledPrograms } from './sources/installed.ts';

/** Programs to start clusters from. */
export interface ServerPrograms {
  readonly binDir: string;
  readonly kind: 'installed' | 'provisioned';
}

/**
 * The programs for clusters of one's own, whatever else there is (`DATABASE_URL`, Docker): installed, else provisioned.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`
 */
export async function getServerPrograms(env: NodeJS.ProcessEnv): Promise<ServerPrograms> {
  const reasons: string[] = [];
  for (const kind of ['installed', 'provisioned'] as const) {
    try {
      return { binDir: await getProgramsOf(kind, env), kind };
    } catch (error) {
      if (!(error instanceof TestingError)) throw error;
      reasons.push(`${kind}: ${error.message}`);
    }
  }
  const message = `no PostgreSQL programs to start clusters from: ${reasons.join('; ')}. Install PostgreSQL with pgvector (Debian: postgresql-17-pgvector)`;
  throw new TestingError('SOURCE_UNAVAILABLE', message);
}

/**
 * The programs that `startPostgres` took for a server of a kind.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE` for a kind whose programs are not on this machine
 */
export async function getProgramsOf(kind: PostgresKind, env: NodeJS.ProcessEnv): Promise<string> {
  if (kind === 'installed') return getInstalledPrograms(env);
  if (kind === 'provisioned') return provisionPostgres({ env });
  const message = `a server of the kind "${kind}" cannot be replicated: its programs and its pg_hba.conf are not ours. Use startReplicaSet`;
  throw new TestingError('SOURCE_UNAVAILABLE', message);
}
