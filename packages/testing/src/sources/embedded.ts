import { startEmbedded } from '../embedded.ts';
import type { PostgresServer } from '../server.ts';

/** PGlite in this process: the last resort, open everywhere. */
export function openEmbedded(): Promise<PostgresServer> {
  return startEmbedded();
}
