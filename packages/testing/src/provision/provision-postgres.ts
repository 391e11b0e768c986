import { provision } from './provision.ts';
import type { ProvisionOptions } from './provision.ts';
import { postgresRecipe } from './recipe.ts';

/**
 * Gets PostgreSQL 17 with pgvector on a Debian machine without root: Debian's packages, unpacked into a cache and
 * started with their own C library. The system is not changed. Returns the folder of the programs.
 *
 * **Cost** once 40 MB and some seconds, 95 MB on disk; afterwards nothing.
 * @throws TestingError `SOURCE_UNAVAILABLE` (not Debian), `PROGRAM_FAILED` (no network, bad signature), `LOCK_TIMEOUT`
 */
export function provisionPostgres(options: ProvisionOptions = {}): Promise<string> {
  return provision(postgresRecipe, options);
}
