import { capabilities } from '../capabilities/capabilities.ts';
import { graph } from '../graph/graph.ts';
import { isolation } from '../isolation/isolation.ts';
import { onlineMigration } from '../online-migration/online-migration.ts';
import { pool } from '../pool/pool.ts';
import { provenance } from '../provenance/provenance.ts';
import { tenantOverhead } from '../tenant-overhead/tenant-overhead.ts';
import { vectors } from '../vectors/vectors.ts';
import type { Benchmark } from './benchmark.ts';

/** Every benchmark that there is. */
export const benchmarks: readonly Benchmark[] = [
  tenantOverhead,
  isolation,
  pool,
  onlineMigration,
  graph,
  capabilities,
  vectors,
  provenance,
];
