import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import type {} from '../tables.ts';
import { type Candidate, type CandidateRow, toCandidate } from './candidate.ts';

export interface LexicalHit extends Candidate {
  /** `ts_rank`, at least 0; comparable within one query only. */
  readonly wordScore: number;
}

export interface LexicalQuery {
  readonly text: string;
  readonly depth: number;
}

/**
 * Entities that share words with a text, best first: any word may match, more words and words in names weigh more, a
 * word's rarity does not. Of equals, one whose name is the text goes first.
 *
 * Words are looked up in English, as capabilities and decisions are indexed, and as they are, as names are.
 *
 * **Runs** one scan of the tenant's rows; under row level security `@@` cannot use an index, as it is not leakproof.
 * **Cost** linear in the tenant's rows, times the different words of the text.
 */
export async function searchByWords(tx: TenantTransaction, query: LexicalQuery): Promise<LexicalHit[]> {
  const { rows } = await sql<CandidateRow & { word_score: number }>`
    with words as materialized (
      select app.any_word_of(${query.text}) as query
    )
    select
      entry.entity_type, entry.id, entry.name, entry.parent_id,
      -- 1: divided by 1 + log(length), so that long texts do not win by length
      ts_rank(entry.search_vector, words.query, 1) as word_score
    from hybrid_search_index as entry
    cross join words
    where entry.tenant_id = ${tx.tenantId} and entry.search_vector @@ words.query
    order by word_score desc, entry.name = ${query.text} desc, entry.entity_type, entry.id
    limit ${query.depth}
  `.execute(tx);
  return rows.map((row) => ({ ...toCandidate(row), wordScore: row.word_score }));
}
