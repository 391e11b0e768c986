import type { PostgresServer } from '../server.ts';

/**
 * One way of getting a PostgreSQL. It rejects with a TestingError whose message says why the way is closed.
 */
export type OpenSource = (env: NodeJS.ProcessEnv) => Promise<PostgresServer>;
