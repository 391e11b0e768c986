import type { PostgresServer } from '../server.ts';
import type { ServerSettings } from '../server-settings.ts';

/**
 * One way of getting a PostgreSQL. It rejects with a TestingError whose message says why the way is closed.
 */
export type OpenSource = (env: NodeJS.ProcessEnv, settings: ServerSettings) => Promise<PostgresServer>;
