import { withSession } from '@agent-agency/testing';

/** What is in the database when all is over, by plain SQL and nothing of the package. Every fault is a count. */
export interface StormRecord {
  readonly nodes: number;
  /** Numbers that are not one more than the one before. */
  readonly gaps: number;
  /** Nodes that do not link to the one before, and nodes that two link to. */
  readonly forks: number;
  /** Nodes that are not the next one of their writer, who wrote them in order; so also batches of which a part is there. */
  readonly displaced: number;
  /** Nodes that were acknowledged and are not there. */
  readonly lost: number;
  /** The stored head is the last node. */
  readonly endsAtHead: boolean;
}

export async function readStorm(
  administratorUrl: string,
  { tenantId, quotas }: { readonly tenantId: string; readonly quotas: readonly number[] },
): Promise<StormRecord> {
  return withSession(administratorUrl, async (session) => {
    const walk = new Walk(quotas);
    for (let found = pageSize; found === pageSize;) {
      const { rows } = await session.query(
        `select seq, entity_id, previous_hash, hash_chain from caws_provenance_graph
         where tenant_id = $1 and seq > $2 order by seq limit ${pageSize}`,
        [tenantId, walk.last.seq],
      );
      for (const row of rows) walk.pass(row as unknown as NodeRow);
      found = rows.length;
    }
    const { rows: heads } = await session.query(
      'select seq, hash_chain from provenance_heads where tenant_id = $1',
      [tenantId],
    );
    return walk.record(heads[0]);
  });
}

interface NodeRow {
  readonly seq: string;
  readonly entity_id: string;
  readonly previous_hash: string | null;
  readonly hash_chain: string;
}

const pageSize = 50_000;

class Walk {
  last: { readonly seq: number; readonly hash: string | null } = { seq: 0, hash: null };
  readonly #quotas: readonly number[];
  /** Of each writer, which of its nodes comes next. */
  readonly #next: number[];
  readonly #counts = { nodes: 0, gaps: 0, forks: 0, displaced: 0 };

  constructor(quotas: readonly number[]) {
    this.#quotas = quotas;
    this.#next = quotas.map(() => 0);
  }

  pass({ seq, entity_id, previous_hash, hash_chain }: NodeRow): void {
    const [writer = -1, place = -1] = entity_id.split('/').map(Number);
    this.#counts.nodes += 1;
    if (Number(seq) !== this.last.seq + 1) this.#counts.gaps += 1;
    if (previous_hash !== this.last.hash) this.#counts.forks += 1;
    if (place !== this.#next[writer]) this.#counts.displaced += 1;
    this.#next[writer] = place + 1;
    this.last = { seq: Number(seq), hash: hash_chain };
  }

  record(head: Readonly<Record<string, unknown>> | undefined): StormRecord {
    const missing = this.#quotas.map((quota, writer) => Math.max(0, quota - (this.#next[writer] ?? 0)));
    return {
      ...this.#counts,
      lost: missing.reduce((sum, count) => sum + count, 0),
      endsAtHead: Number(head?.['seq']) === this.last.seq && head?.['hash_chain'] === this.last.hash,
    };
  }
}
