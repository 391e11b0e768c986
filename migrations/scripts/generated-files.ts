import { fileURLToPath } from 'node:url';
import { withSession } from '@agent-agency/testing';
import { readCatalogue } from './catalogue/catalogue.ts';
import { citusScript } from './citus/citus-script.ts';
import { readDistribution } from './citus/distribution.ts';
import { schemaDocumentation } from './documentation/schema-documentation.ts';
import { normalizeDump } from './dump/normalize-dump.ts';
import { dumpSchema } from './dump/pg-dump.ts';
import { migrateStepwise } from './history.ts';

/** Where each generated file is. */
export const GENERATED = {
  schema: pathOf('migrations/schema.sql'),
  documentation: pathOf('docs/database/SCHEMA-DOCUMENTATION.md'),
  citus: pathOf('migrations/citus/distribute.sql'),
} as const;

export type GeneratedFile = keyof typeof GENERATED;

/** What the generated files have to be. Migrates the empty database of `url`; `pgDump` is a `pg_dump` of PostgreSQL 17. */
export async function generateFiles(url: string, pgDump: string): Promise<Record<GeneratedFile, string>> {
  const fromCatalogue = await withSession(url, async (session) => {
    const steps = await migrateStepwise(session);
    const documentation = await schemaDocumentation(await readCatalogue(session), steps);
    return { documentation, citus: await citusScript(await readDistribution(session)) };
  });
  return { ...fromCatalogue, schema: normalizeDump(await dumpSchema(pgDump, url)) };
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}
