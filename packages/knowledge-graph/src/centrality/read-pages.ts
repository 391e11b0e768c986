import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';

const ROWS_A_PAGE = 10_000;

/**
 * Rows of a query, a page at a time, all as of the moment at which the first is asked for.
 *
 * **Runs** a cursor of this name. **Cost** memory for one page.
 */
export async function* readPages<Row>(
  tx: TenantTransaction,
  cursor: 'graph_agents' | 'graph_relationships',
  query: RawBuilder<Row>,
): AsyncGenerator<readonly Row[]> {
  const name = sql.id(cursor);
  await sql`declare ${name} no scroll cursor for ${query}`.execute(tx);
  let isReading = false;
  try {
    for (;;) {
      isReading = true;
      const { rows } = await sql<Row>`fetch ${sql.lit(ROWS_A_PAGE)} from ${name}`.execute(tx);
      isReading = false;
      if (rows.length > 0) yield rows;
      if (rows.length < ROWS_A_PAGE) return;
    }
  } finally {
    // A transaction that has failed has closed it, and would answer with another error.
    if (!isReading) await sql`close ${name}`.execute(tx);
  }
}
