// Writes packages/*/src/generated/tables.ts from the migrated schema; with --verify it only compares, and fails on a
// difference. Lives here because kysely-codegen needs `pg`, which only this package has.
import { fileURLToPath } from 'node:url';
import { migrateUp } from '@agent-agency/migrations';
import { createDatabase, createTemplate, startPostgres } from '@agent-agency/testing';
import { generate, PostgresDialect } from 'kysely-codegen';

/** Which package owns which tables. */
const OWNERS = {
  tenancy: ['tenants', 'tenant_privacy_config'],
  'agent-registry': ['agent_profiles'],
  'knowledge-graph': [
    'agent_capabilities_graph',
    'agent_relationships',
    'agent_cooccurrences',
    'entity_chunk_mappings',
  ],
  provenance: ['caws_provenance_graph', 'provenance_heads', 'provenance_signing_keys'],
  'hybrid-search': ['hybrid_search_index'],
} as const;

const server = await startPostgres({ announce: (line) => process.stderr.write(`${line}\n`) });
try {
  const template = await createTemplate(server, async (session) => void (await migrateUp(session)), 'generate');
  const database = await createDatabase(template);
  const dialect = new PostgresDialect();
  const db = await dialect.introspector.connect({ connectionString: database.url, dialect });
  try {
    for (const [owner, tables] of Object.entries(OWNERS)) {
      await generate({
        db,
        dialect,
        defaultSchemas: ['public'],
        includePattern: `public.(${tables.join('|')})`,
        outFile: fileURLToPath(new URL(`../../${owner}/src/generated/tables.ts`, import.meta.url)),
        verify: process.argv.includes('--verify'),
      });
    }
  } finally {
    await db.destroy();
    await database.drop();
  }
} finally {
  await server.stop();
}
