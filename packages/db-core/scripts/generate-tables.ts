// Writes packages/*/src/generated/tables.ts from the migrated schema; with --verify it only compares, and exits with 1
// on a difference. Lives here because kysely-codegen needs `pg`, which only this package has.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { migrateUp, schemaChecksum } from '@agent-agency/migrations';
import { createDatabase, createTemplate, startPostgres, withSession } from '@agent-agency/testing';
import { Kysely, PostgresDialect } from 'kysely';
import { generate, PostgresDialect as CodegenDialect } from 'kysely-codegen';
import pg from 'pg';

/** Which package owns which tables. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  tenancy: [
    'tenants',
    'tenant_privacy_config',
    'tenant_sharing_rules',
    'tenant_access_log',
    'tenant_access_policies',
    'data_retention_policies',
    'federated_participants',
    'federated_sessions',
    'session_participants',
    'aggregated_insights',
    'federated_contributions',
    'federated_shares',
    'federated_partial_sums',
    'offloaded_contexts',
    'tenant_encryption_keys',
    'subject_keys',
    'tenant_privacy_ledger',
    'tenant_statistics',
    'cross_tenant_access_summary',
  ],
  'agent-registry': [
    'agent_profiles',
    'agent_capabilities',
    'agent_performance_history',
    'agent_performance_events',
    'current_load',
    'agent_profiles_with_capabilities',
    'available_agents',
    'task_queue',
    'task_assignments',
    'task_execution_history',
    'queue_statistics',
    'queue_configuration',
  ],
  'knowledge-graph': [
    'agent_capabilities_graph',
    'agent_relationships',
    'agent_relationship_history',
    'agent_relationship_versions',
    'agent_cooccurrences',
    'entity_chunk_mappings',
    'entity_similarity_cache',
    'graph_config',
    'agent_capability_summary',
    'agent_relationship_summary',
    'agent_connectivity',
    'agent_degrees',
  ],
  provenance: [
    'caws_provenance_graph',
    'provenance_heads',
    'provenance_signing_keys',
    'provenance_parents',
    'provenance_refs',
    'provenance_embeddings',
    'provenance_tiles',
    'provenance_checkpoints',
    'provenance_cosignatures',
    'provenance_records',
    'git_commits',
    'caws_provenance_chains',
  ],
  'hybrid-search': [
    'hybrid_search_index',
    'graph_search_sessions',
    'slow_search_queries',
    'popular_search_queries',
    'search_performance_by_type',
  ],
};

/** What no package's code reads: the migration runner's own, and operators' own. */
const UNOWNED = ['__migrations__', 'schema_migrations', 'schema_versions', 'hybrid_search_materialized'];

/** What will be a package's own that does not exist yet. */
const WITHOUT_PACKAGE = [
  // governance
  'audit_log',
  // monitoring
  'performance_events',
  'agent_performance_profiles',
  'benchmark_datasets',
  'benchmark_evaluations',
  'rl_training_batches',
  'performance_anomalies',
  'data_quality_metrics',
  'system_health_metrics',
  'recent_performance_events',
  'agent_performance_summary',
  'system_performance_dashboard',
  // knowledge, verification, web
  'knowledge_queries',
  'search_results',
  'knowledge_responses',
  'search_provider_health',
  'knowledge_cache',
  'query_performance',
  'result_quality_analysis',
  'verification_requests',
  'verification_results',
  'verification_methods',
  'verification_evidence',
  'verification_cache',
  'verification_performance',
  'method_performance',
  'evidence_quality_analysis',
  'web_content',
  'web_traversals',
  'web_traversal_nodes',
  'web_cache',
  'web_rate_limits',
  'web_extraction_metrics',
  'web_cache_performance',
  'web_extraction_performance',
  'web_traversal_analysis',
  'web_rate_limit_status',
  'task_research_provenance',
];

/** Runs `use` with a database that has every migration. */
async function withMigratedDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const server = await startPostgres({ announce: (line) => process.stderr.write(`${line}\n`) });
  try {
    const key = `generate-tables ${await schemaChecksum()}`;
    const template = await createTemplate(server, async (session) => void (await migrateUp(session)), key);
    const database = await createDatabase(template);
    try {
      return await use(database.url);
    } finally {
      await database.drop();
    }
  } finally {
    await server.stop();
  }
}

/** A table or view that is in nobody's list would have no types, and nobody would notice. */
async function assertEveryTableHasAnOwner(url: string): Promise<void> {
  const { rows } = await withSession(url, (session) =>
    session.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')`,
    ),
  );
  const found = new Set(rows.map((row) => String(row['relname'])));
  const listed = new Set([...Object.values(OWNERS).flat(), ...UNOWNED, ...WITHOUT_PACKAGE]);
  const strays = [...found, ...listed].filter((name) => !(found.has(name) && listed.has(name)));
  if (strays.length > 0) throw new Error(`in the schema or listed here, but not both: ${strays.join(', ')}`);
}

/** The text of every generated file, by path. */
async function generateAll(connectionString: string): Promise<Map<string, string>> {
  const pool = new pg.Pool({ connectionString, max: 1 });
  // It says that it has ended before its connection has, which then breaks when the database is dropped.
  pool.on('error', () => undefined);
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) });
  const dialect = new CodegenDialect();
  const files = new Map<string, string>();
  try {
    for (const [owner, tables] of Object.entries(OWNERS)) {
      const path = fileURLToPath(new URL(`../../${owner}/src/generated/tables.ts`, import.meta.url));
      const includePattern = `public.(${tables.join('|')})`;
      files.set(
        path,
        await generate({ db, dialect, defaultSchemas: ['public'], includePattern, outFile: null }),
      );
    }
  } finally {
    await db.destroy();
  }
  return files;
}

interface Formatter {
  resolveConfig(path: string): Promise<object | null>;
  format(text: string, options: object): Promise<string>;
}

/** The workspace's own prettier, which its root depends on: whoever formats a package formats these files too. */
function loadFormatter(): Formatter {
  return createRequire(new URL('../../../package.json', import.meta.url))('prettier') as Formatter;
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const formatter = loadFormatter();
const files = await withMigratedDatabase(async (url) => {
  await assertEveryTableHasAnOwner(url);
  return generateAll(url);
});
for (const [path, unformatted] of files) {
  const options = { ...(await formatter.resolveConfig(path)), filepath: path };
  const text = await formatter.format(unformatted, options);
  if ((await contentOf(path)) === text) continue;
  if (process.argv.includes('--verify')) {
    process.stderr.write(`stale, run \`pnpm run generate-tables\` in packages/db-core: ${path}\n`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text);
    process.stderr.write(`written: ${path}\n`);
  }
}
