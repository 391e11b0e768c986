import type { ConnectionPoolManager, SystemTransaction, TransactionOptions } from '@agent-agency/db-core';
import { sql } from 'kysely';

/** A tenant, and how its vectors are searched. */
export interface VectorIndexState {
  readonly tenantId: string;
  readonly vectors: number;
  readonly pending: number;
  readonly state: 'none' | 'scanned' | 'filling' | 'ready';
  readonly indexed: number;
  readonly recall: number | undefined;
}

/** To build takes as long as it takes; what is in the way of others gives up soon. */
const PATIENT: TransactionOptions = {
  ...{ statementTimeoutMs: 0, idleInTransactionTimeoutMs: 0 },
  ...{ lockTimeoutMs: 2000, attempts: 5 },
};

const KILOBYTES_A_VECTOR = 1;
const MAX_MEMORY_KILOBYTES = 2_000_000;
const MIN_MEMORY_KILOBYTES = 65_536;

/** Of `maintainVectorIndexes`: each is a transaction that can be repeated, so that what is broken off is gone on with. */
export class VectorIndexSteps {
  readonly #manager: ConnectionPoolManager;
  readonly #reason: string;

  constructor(manager: ConnectionPoolManager, reason: string) {
    this.#manager = manager;
    this.#reason = reason;
  }

  async list(): Promise<VectorIndexState[]> {
    const { rows } = await this.#system((tx) =>
      sql<ListedRow>`select * from app.list_vector_indexes()`.execute(tx),
    );
    return rows.map((row) => ({
      tenantId: row.vector_tenant_id,
      vectors: Number(row.vectors),
      pending: Number(row.pending),
      state: row.index_state ?? 'none',
      indexed: Number(row.indexed ?? 0),
      recall: row.index_recall ?? undefined,
    }));
  }

  async dropOrphans(): Promise<number> {
    return this.#value('drop_orphaned_vectors', []);
  }

  /** Begins, fills and builds, or goes on where that was broken off. */
  async build({ tenantId, vectors }: Pick<VectorIndexState, 'tenantId' | 'vectors'>): Promise<void> {
    await this.#value('begin_vector_index', [tenantId]);
    await this.#value('fill_vector_index', [tenantId]);
    await this.#system(async (tx) => {
      const wanted = Math.max(vectors * KILOBYTES_A_VECTOR, MIN_MEMORY_KILOBYTES);
      const memory = `${Math.min(wanted, MAX_MEMORY_KILOBYTES)}kB`;
      await sql`select set_config('maintenance_work_mem', ${memory}, true)`.execute(tx);
      await sql`select app.finish_vector_index(${tenantId})`.execute(tx);
    });
  }

  async drop(tenantId: string): Promise<void> {
    await this.#value('drop_vector_index', [tenantId]);
  }

  /** Notes what the graph lacks, and removes what is gone. @returns how many were removed. */
  async compare(tenantId: string): Promise<number> {
    const { rows } = await this.#system((tx) =>
      sql<{ stale: string }>`select stale from app.compare_vector_index(${tenantId})`.execute(tx),
    );
    return Number(rows[0]?.stale);
  }

  /** Takes over what was noted. @returns how many. */
  async drain(tenantId: string, batchSize: number): Promise<number> {
    let drained = 0;
    for (;;) {
      const more = await this.#value('drain_vector_index', [tenantId, batchSize]);
      drained += more;
      if (more < batchSize) return drained;
    }
  }

  /** What a transaction of an operator's does. */
  readonly system = <T>(work: (tx: SystemTransaction) => Promise<T>): Promise<T> => this.#system(work);

  #system<T>(work: (tx: SystemTransaction) => Promise<T>): Promise<T> {
    return this.#manager.withSystem(this.#reason, work, PATIENT);
  }

  async #value(name: string, values: readonly (string | number)[]): Promise<number> {
    const { rows } = await this.#system((tx) =>
      sql<{ value: unknown }>`select ${sql.id('app', name)}(${sql.join(values)}) as value`.execute(tx),
    );
    return Number(rows[0]?.value);
  }
}

interface ListedRow {
  readonly vector_tenant_id: string;
  readonly vectors: string;
  readonly pending: string;
  readonly index_state: 'scanned' | 'filling' | 'ready' | null;
  readonly indexed: string | null;
  readonly index_recall: number | null;
}
